import type { Finding, Manifest, RunContext } from '@kanikit/spec';
import type { ApiClient } from '../api/client/api-client.ts';
import type { ClusterConnection } from '../api/connection/cluster-connection.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkCredential } from './check-credential.ts';
import { checkNamespace } from './check-namespace.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPod } from './check-pod.ts';
import { checkLimitRange, checkQuota } from './check-quota.ts';
import { checkRights } from './check-rights.ts';
import { checkServer } from './check-server.ts';

export interface Examination {
  readonly client: ApiClient;
  readonly connection: ClusterConnection;
  /** The pod of a build. */
  readonly manifest: Manifest;
  readonly isAttachNeeded: boolean;
}

/** Looks at everything about a cluster that builds depend on, side by side; a server that does not answer is asked nothing more. */
export async function examineCluster(asked: Examination, run: RunContext): Promise<readonly Finding[]> {
  const { client, connection, manifest, isAttachNeeded } = asked;
  const { namespace } = manifest['metadata'] as { readonly namespace: string };
  const credential = checkCredential(connection, run);
  const { findings: server, isReached } = await checkServer(client, connection, run);
  const first = [...server.slice(0, 1), await credential, ...server.slice(1)];
  if (!isReached) return first;
  const found = await checkNamespace(client, namespace, run);
  if (found.code === 'namespace-missing') return [...first, found];
  const rest = await Promise.all([
    checkRights(client, { namespace, isAttachNeeded }, run),
    checkPod(client, manifest, run),
    checkQuota(client, manifest, run),
    checkLimitRange(client, manifest, run),
    checkAccounts(client, manifest, run),
    checkNodes(client, manifest, run),
  ]);
  return [...first, found, ...rest.flat()];
}
