import { removeCluster } from '../../cluster/down.ts';
import { isRunning } from '../../cluster/process.ts';
import { startCluster } from '../../cluster/up.ts';

/** Starts the real Kubernetes for the suite, and removes it again unless it ran before. Throws with the reason where it can't run. */
export async function setup(): Promise<() => Promise<void>> {
  const wasRunning = await isRunning('kube-apiserver');
  const say = (line: string): void => void process.stdout.write(`cluster: ${line}\n`);
  await startCluster(say, new AbortController().signal);
  return async () => {
    if (!wasRunning) await removeCluster();
  };
}
