import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KanikitError } from '@kanikit/spec';
import type { ClusterConnection } from './cluster-connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { createTokenFileCredential } from './token-file.ts';

const defaultFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a pod of a cluster: the kubelet sets both. */
export function isInsideCluster(env: ConnectionOptions['env']): boolean {
  return Boolean(env['KUBERNETES_SERVICE_HOST']) && Boolean(env['KUBERNETES_SERVICE_PORT']);
}

/**
 * The cluster this process runs in, by the service account of its pod.
 *
 * @throws KanikitError `kubeconfig-missing`
 */
export async function loadInCluster(options: ConnectionOptions): Promise<ClusterConnection> {
  const { env } = options;
  if (!isInsideCluster(env))
    throw unusable('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set', podHint);
  const folder = options.serviceAccountFolder ?? defaultFolder;
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const tokenFile = path.join(folder, 'token');
  const token = (await readMounted(tokenFile)).trim();
  const [certificateAuthority, mounted] = await Promise.all([
    readIfMounted(path.join(folder, 'ca.crt')),
    readIfMounted(path.join(folder, 'namespace')),
  ]);
  const configuredNamespace = env['POD_NAMESPACE'] || mounted?.trim() || undefined;
  return {
    kind: 'in-cluster',
    name: 'in-cluster',
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT']}`,
    namespace: options.namespace || configuredNamespace || 'default',
    configuredNamespace,
    certificateAuthority,
    credential: createTokenFileCredential(() => readMounted(tokenFile), { token, isFresh: true }),
  };
}

const podHint = 'Run kanikit in a pod of the cluster, or name a kubeconfig.';
const accountHint =
  'Give the pod a service account and mount its token (automountServiceAccountToken: true).';

async function readMounted(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`, accountHint, error);
  }
}

/** A pod may have a token alone; the server's certificate is then one that this machine trusts. */
async function readIfMounted(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function unusable(problem: string, hint: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'kubeconfig-missing',
    message: `Using the cluster this process runs in: ${problem}.`,
    hint,
    cause,
  });
}
