import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KanikitError } from '@kanikit/spec';
import type { ClientCredential, ClusterConnection } from './cluster-connection.ts';
import type { ConnectionOptions } from './load-connection.ts';

const defaultFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The kubelet renews the token long before it expires (an hour or more), so a short memory is always right. */
const tokenMemoryMs = 60_000;

/** The cluster this process runs in, by the service account of its pod. */
export async function loadInCluster(options: ConnectionOptions): Promise<ClusterConnection> {
  const folder = options.serviceAccountFolder ?? defaultFolder;
  const host = options.env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = options.env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const tokenFile = path.join(folder, 'token');
  await readMounted(tokenFile);
  const [certificateAuthority, mounted] = await Promise.all([
    readMounted(path.join(folder, 'ca.crt')),
    readFile(path.join(folder, 'namespace'), 'utf8').catch(() => ''),
  ]);
  const configuredNamespace = mounted.trim() || undefined;
  return {
    kind: 'in-cluster',
    name: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: options.namespace ?? configuredNamespace ?? 'default',
    configuredNamespace,
    certificateAuthority,
    credential: tokenFileCredential(tokenFile, readMounted),
  };
}

/** A token that is read again now and then, and whenever the server refuses the last one. */
export function tokenFileCredential(
  file: string,
  read: (file: string) => Promise<string>,
): (options: { readonly isRejected: boolean }) => Promise<ClientCredential> {
  let known: { readonly token: string; readonly readAt: number } | undefined;
  return async ({ isRejected }) => {
    if (known === undefined || isRejected || performance.now() - known.readAt > tokenMemoryMs) {
      known = { token: (await read(file)).trim(), readAt: performance.now() };
    }
    return { token: known.token };
  };
}

async function readMounted(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new KanikitError({
      code: 'kubeconfig-missing',
      message: `Using the cluster this process runs in: ${file} can't be read (${(error as NodeJS.ErrnoException).code}).`,
      hint: 'Give the pod a service account and mount its token (automountServiceAccountToken: true).',
      cause: error,
    });
  }
}
