import type { ClusterConnection } from './cluster-connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { readImpersonation } from './impersonation.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import type { KubeconfigCluster } from './kubeconfig.ts';
import type { Entry } from './kubeconfig-value.ts';
import type { MergedKubeconfig } from './merge-kubeconfigs.ts';
import { readData } from './referred-file.ts';
import { readServerAddress, type ServerAddress } from './server-address.ts';
import { userCredential } from './user-credential.ts';

/**
 * Everything that a context leads to. A user that no file defines is nobody, as kubectl has it: the server says what an anonymous user may do.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function connectContext(
  { contexts, clusters, users }: MergedKubeconfig,
  options: ConnectionOptions & { readonly context: string },
): Promise<ClusterConnection> {
  const context = contexts.get(options.context);
  const cluster = clusters.get(context?.fields.cluster ?? '');
  if (cluster === undefined) throw clusterMissing(context);
  const { server, login } = addressOf(cluster);
  checkProxy(cluster);
  const { fields, place } = cluster;
  const certificateAuthority = await readData(place, 'certificate-authority', {
    data: fields.authority,
    file: fields.authorityFile,
  });
  const user = users.get(context?.fields.user ?? '');
  const target = { server, login, certificateAuthority, cluster, env: options.env };
  const configuredNamespace = context?.fields.namespace || undefined;
  return {
    kind: 'kubeconfig',
    name: options.context,
    server,
    namespace: options.namespace || configuredNamespace || 'default',
    configuredNamespace,
    certificateAuthority,
    isServerUnverified: fields.isServerUnverified,
    tlsServerName: fields.tlsServerName || undefined,
    proxyUrl: fields.proxyUrl || undefined,
    impersonation: user === undefined ? undefined : readImpersonation(user.fields),
    credential: user === undefined ? login : await userCredential(user, target),
  };
}

function clusterMissing(context: Entry<{ readonly cluster: string }> | undefined): Error {
  const { file, path } = context?.place ?? { file: '', path: '' };
  const name = context?.fields.cluster ?? '';
  if (name === '') return kubeconfigError(file, `${path}.cluster is missing`);
  return kubeconfigError(file, `${path}.cluster names "${name}", which no clusters entry defines`);
}

function addressOf({ fields: { server }, place }: Entry<KubeconfigCluster>): ServerAddress {
  if (server === '') throw kubeconfigError(place.file, `${place.path}.server is missing`);
  const address = readServerAddress(server);
  if (address !== undefined) return address;
  throw kubeconfigError(place.file, `${place.path}.server is not an http(s) address`);
}

/** Schemes that client-go takes; that socks5 is not spoken here is said by the first request. */
function checkProxy({ fields: { proxyUrl }, place }: Entry<KubeconfigCluster>): void {
  if (proxyUrl === '' || /^(?:https?|socks5):/i.test(proxyUrl)) return;
  throw kubeconfigError(place.file, `${place.path}.proxy-url must begin with http:// or https://`);
}
