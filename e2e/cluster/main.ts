// `pnpm cluster up|down|status`: a whole Kubernetes on this machine, for the tests and for those who have no cluster.
import { removeCluster } from './down.ts';
import { images } from './images.ts';
import { kubeconfigFile, nodes } from './layout.ts';
import { isRunning } from './process.ts';
import { bucket } from './servers.ts';
import { isApiReady, isNodeReady, startCluster } from './up.ts';

const say = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async up() {
    const startedAt = performance.now();
    await startCluster(say, new AbortController().signal);
    say(`up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    process.stdout.write(`${kubeconfigFile}\n`);
  },
  async down() {
    await removeCluster();
    say('everything is gone');
  },
  async status() {
    if (!(await isRunning('kube-apiserver'))) {
      process.stdout.write('not running\n');
      process.exitCode = 1;
      return;
    }
    const isReady = await isApiReady().catch(() => false);
    process.stdout.write(`API server  ${isReady ? 'ready' : 'not ready'}\n`);
    for (const { name } of nodes) {
      process.stdout.write(
        `${name}      ${(await isNodeReady(name).catch(() => false)) ? 'ready' : 'not ready'}\n`,
      );
    }
    process.stdout.write(
      `kubeconfig  ${kubeconfigFile}\nbase image  ${images.base}\nbucket      s3://${bucket.name} at ${bucket.endpoint}\n`,
    );
  },
};

const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  process.stderr.write(`usage: pnpm cluster ${Object.keys(commands).join('|')}\n`);
  process.exitCode = 2;
} else {
  await command().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
