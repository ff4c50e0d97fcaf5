import path from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { homeFolder } from '@kanikit/toolkit/folders';
import type { ClientCredential, ClusterConnection } from './cluster-connection.ts';
import { readImpersonation } from './impersonation.ts';
import { loadInCluster } from './in-cluster.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import {
  type KubeconfigFile,
  type NamedEntry,
  readBoolean,
  readData,
  readKubeconfigFile,
  readString,
} from './kubeconfig-file.ts';
import { userCredential } from './user-credential.ts';

/** Where to look for a cluster. */
export interface ConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a kubeconfig, in place of `KUBECONFIG` and `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  /** @default the kubeconfig's current context */
  readonly context?: string | undefined;
  /** True takes the service account of the pod this process runs in, whatever kubeconfig there is. */
  readonly isInCluster?: boolean | undefined;
  /** @default the context's namespace, else `default` */
  readonly namespace?: string | undefined;
  /** True does without a cluster where none is configured: for plans, which ask no cluster. @default false */
  readonly isOptional?: boolean | undefined;
  /** @default the user's home folder */
  readonly homeFolder?: string | undefined;
  /** Folder of the service account inside a pod. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly serviceAccountFolder?: string | undefined;
}

/**
 * Finds the cluster as kubectl does: the kubeconfig that is named, else `KUBECONFIG`, else `~/.kube/config`, else the cluster this process
 * runs in.
 *
 * @throws KanikitError `kubeconfig-missing`, `kubeconfig-invalid`, `kubeconfig-context-missing`
 *
 * @example
 * const cluster = createCluster(await loadConnection({ env: process.env, context: 'staging' }));
 */
export async function loadConnection(options: ConnectionOptions): Promise<ClusterConnection> {
  const { env } = options;
  if (options.isInCluster === true) return loadInCluster(options);
  const candidates = kubeconfigPaths(options);
  const read = await Promise.all(candidates.map(readKubeconfigFile));
  const files = read.filter((file) => file !== undefined);
  if (options.kubeconfig !== undefined && files.length === 0) throw missing(candidates);
  if (!files.some(({ contexts, clusters }) => contexts.length > 0 || clusters.length > 0)) {
    if (options.context === undefined && env['KUBERNETES_SERVICE_HOST']) return loadInCluster(options);
    if (isDispensable(options)) return withoutCluster(options);
    if (files[0] === undefined) throw missing(candidates);
    throw kubeconfigError(files[0].file, 'it names no cluster');
  }
  return fromFiles(files, options);
}

/** Whoever names a kubeconfig or a context wants it. */
function isDispensable({ isOptional, kubeconfig, context }: ConnectionOptions): boolean {
  return isOptional === true && kubeconfig === undefined && context === undefined;
}

/** Says where pods would be made, and leads to no server: the name is reserved (RFC 6761). */
function withoutCluster({ namespace = 'default' }: ConnectionOptions): ClusterConnection {
  return { kind: 'kubeconfig', name: 'none', server: 'https://kubernetes.invalid', namespace };
}

function kubeconfigPaths({ env, kubeconfig, ...options }: ConnectionOptions): readonly string[] {
  if (kubeconfig !== undefined) return [path.resolve(kubeconfig)];
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const home = options.homeFolder ?? homeFolder(env);
  return listed.length > 0 ? listed.map((file) => path.resolve(file)) : [path.join(home, '.kube', 'config')];
}

async function fromFiles(
  files: readonly KubeconfigFile[],
  options: ConnectionOptions,
): Promise<ClusterConnection> {
  // The first file that says something wins, as kubectl merges them.
  const name = options.context ?? files.find((file) => file.currentContext !== undefined)?.currentContext;
  if (name === undefined && isDispensable(options)) return withoutCluster(options);
  const contexts = files.flatMap((file) => file.contexts);
  const context = contexts.find((entry) => entry.name === name);
  if (name === undefined || context === undefined) throw contextMissing(name, contexts, files);
  const cluster = referred(
    context,
    'cluster',
    files.flatMap((file) => file.clusters),
  );
  if (cluster === undefined) throw kubeconfigError(context.file, `${context.place}.cluster is missing`);
  const user = referred(
    context,
    'user',
    files.flatMap((file) => file.users),
  );
  const { server, login } = readServer(cluster);
  const certificateAuthority = await readData(cluster, 'certificate-authority');
  const isServerUnverified = readBoolean(
    cluster.fields,
    'insecure-skip-tls-verify',
    cluster.file,
    cluster.place,
  );
  const text = (field: string): string | undefined =>
    readString(cluster.fields, field, cluster.file, cluster.place);
  const configuredNamespace = readString(context.fields, 'namespace', context.file, context.place);
  return {
    kind: 'kubeconfig',
    name,
    server,
    namespace: options.namespace ?? configuredNamespace ?? 'default',
    configuredNamespace,
    certificateAuthority,
    isServerUnverified,
    tlsServerName: text('tls-server-name'),
    proxyUrl: text('proxy-url'),
    impersonation: user === undefined ? undefined : readImpersonation(user),
    credential:
      (user === undefined
        ? undefined
        : await userCredential(user, {
            server,
            certificateAuthority,
            isServerUnverified,
            cluster,
            env: options.env,
          })) ?? login,
  };
}

function referred(context: NamedEntry, kind: string, entries: readonly NamedEntry[]): NamedEntry | undefined {
  const name = readString(context.fields, kind, context.file, context.place);
  if (name === undefined) return undefined;
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw kubeconfigError(
    context.file,
    `${context.place}.${kind} names "${name}", which no ${kind}s entry defines`,
  );
}

/** The address without name and password, which errors would repeat; they count where the user has no credential, as in Go. */
function readServer(cluster: NamedEntry): { readonly server: string; readonly login?: ClientCredential } {
  const server = readString(cluster.fields, 'server', cluster.file, cluster.place);
  if (server === undefined) throw kubeconfigError(cluster.file, `${cluster.place}.server is missing`);
  // kubectl takes a bare host, too.
  const full = server.includes('://') ? server : `https://${server}`;
  const url = /^https?:\/\//.test(full) ? URL.parse(full) : null;
  if (url !== null && url.username === '' && url.password === '') return { server: trimEnd(full) };
  if (url !== null) {
    const basic = { username: decode(url.username), password: decode(url.password) };
    const server = full.replace(/^(https?:\/\/)[^/?#]*@/, '$1');
    return { server: trimEnd(server), login: { basic } };
  }
  throw kubeconfigError(cluster.file, `${cluster.place}.server is not an http(s) address`);
}

function trimEnd(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function missing(candidates: readonly string[]): KanikitError {
  return new KanikitError({
    code: 'kubeconfig-missing',
    message: `Looking for a cluster: ${candidates.join(', ')} does not exist, and this is not a pod of a cluster.`,
    hint: 'Name a kubeconfig with `cluster.kubeconfig` or KUBECONFIG, or start a local one: kanikit sandbox up.',
  });
}

function contextMissing(
  name: string | undefined,
  contexts: readonly NamedEntry[],
  files: readonly KubeconfigFile[],
): KanikitError {
  const known = contexts.map((context) => context.name);
  const where = files.map(({ file }) => file).join(', ');
  const problem =
    name === undefined
      ? `there is no current-context in ${where}`
      : `there is no context "${name}" in ${where}`;
  return new KanikitError({
    code: 'kubeconfig-context-missing',
    message: `Choosing the cluster: ${problem}.`,
    hint:
      known.length === 0
        ? 'Add a context to the file: kubectl config set-context.'
        : `Choose one with \`cluster.context\`: ${known.join(', ')}.`,
  });
}
