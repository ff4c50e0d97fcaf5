import type { Cluster } from '@kanikit/spec';
import type { ClusterOptions } from './options.ts';

/** A sandbox that does not answer for this long is gone: it is on this machine. */
const sandboxUnreachableMs = 10_000;

/** The cluster to build on: a driver of the user's, or the one that kubeconfig or service account lead to. */
export async function connectCluster(
  cluster: ClusterOptions | Cluster | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Cluster> {
  if (cluster !== undefined && 'specVersion' in cluster) {
    const { supportedPlugin } = await import('./plugin/supported-plugin.ts');
    return supportedPlugin(cluster, 'cluster', `cluster ${cluster.description.name}`);
  }
  const { createCluster, loadConnection } = await import('@kanikit/kubernetes');
  const connection = await loadConnection({ ...cluster, env });
  if (cluster?.kind === undefined) return createCluster(connection);
  return createCluster({ ...connection, kind: cluster.kind }, { unreachableMs: sandboxUnreachableMs });
}
