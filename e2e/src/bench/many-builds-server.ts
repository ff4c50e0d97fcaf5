import type { KanikitOptions } from '@kanikit/sdk';
import { countRequests } from '../many/count-requests.ts';
import { destinationOf, goodDigest, goodLog, startScriptedLab } from '../many/scripted-lab.ts';

/** Where the builds go: sent to the parent as soon as it is there. Any message from it asks for the counts. */
export interface ManyBuildsServer {
  readonly url: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly store: KanikitOptions['store'];
}

const lines = Number(process.argv[2]);
const lab = await startScriptedLab(async (container) => {
  container.run();
  container.print(goodLog(destinationOf(container.pod), lines));
  return { exitCode: 0, message: goodDigest };
});
const place: ManyBuildsServer = {
  url: lab.proxy.url,
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  store: lab.store,
};
process.on('message', () => process.send?.(Object.fromEntries(countRequests(lab.proxy.requests))));
process.once('SIGTERM', () => void lab[Symbol.asyncDispose]().then(() => process.exit()));
process.send?.(place);
