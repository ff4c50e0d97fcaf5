import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeKubeconfig, type StartTestCluster, type TestCluster } from '../clusters/test-cluster.ts';
import type { FaultProxy } from '../parts/fault-proxy.ts';
import { startSecureProxy } from '../parts/secure-proxy.ts';

/** A cluster that is reached through a proxy, which makes go wrong what a test asks for. */
export interface DisturbedCluster extends AsyncDisposable {
  readonly target: TestCluster;
  readonly proxy: FaultProxy;
  /** Leads through the proxy, with all rights. */
  readonly kubeconfig: string;
}

export async function startDisturbedCluster(start: StartTestCluster): Promise<DisturbedCluster> {
  await using started = new AsyncDisposableStack();
  const target = started.use(await start());
  const disturbed = started.use(await disturb(target));
  const running = started.move();
  return { ...disturbed, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A way to the cluster with faults of its own. */
export async function disturb(target: TestCluster): Promise<DisturbedCluster> {
  await using started = new AsyncDisposableStack();
  const proxy = started.use(await startSecureProxy({ target: target.server, authority: target.authority }));
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-faults-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  await changeKubeconfig(target.kubeconfig, kubeconfig, { server: proxy });
  const running = started.move();
  return { target, proxy, kubeconfig, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
