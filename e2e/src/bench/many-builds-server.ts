import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { KanikitOptions } from '@kanikit/sdk';
import { countRequests } from '../many/count-requests.ts';
import { destinationOf, goodDigest, goodLog, startScriptedLab } from '../many/scripted-lab.ts';

/** What driving builds has cost the server's process. */
export interface ServerCosts {
  /** Requests to the Kubernetes API by kind. */
  readonly requests: Readonly<Record<string, number>>;
  /** Processor time since the last question. */
  readonly cpuMs: number;
}

/** Where the builds go: sent to the parent as soon as it is there. Any message from it asks for the costs. */
export interface ManyBuildsServer {
  readonly url: string;
  readonly kubeconfig: string;
  readonly context: string;
  readonly store: KanikitOptions['store'];
}

const lines = Number(process.argv[2]);
const podMs = Number(process.argv[3]) * 1000;
const agent = new Agent({ keepAlive: true });
const lab = await startScriptedLab(
  async (container) => {
    container.run();
    // Not all at once: half as long to one and a half times.
    if (podMs > 0) await pause(podMs * (0.5 + Math.random()), undefined, { signal: container.signal });
    container.print(goodLog(destinationOf(container.pod), lines));
    return { exitCode: 0, message: goodDigest };
  },
  { agent },
);
const place: ManyBuildsServer = {
  url: lab.proxy.url,
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  store: lab.store,
};
let cpu = process.cpuUsage();
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const requests = Object.fromEntries(countRequests(lab.proxy.requests));
  process.send?.({ requests, cpuMs: (user + system) / 1000 } satisfies ServerCosts);
});
process.once('SIGTERM', () => void lab[Symbol.asyncDispose]().then(() => process.exit()));
process.send?.(place);
