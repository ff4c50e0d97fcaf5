import path from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { homeFolder } from '@kanikit/toolkit/folders';
import type { ClusterConnection } from './cluster-connection.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { connectContext } from './connect-context.ts';
import { isInsideCluster, loadInCluster } from './in-cluster.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import { readKubeconfigFile } from './kubeconfig-file.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { mergeKubeconfigs } from './merge-kubeconfigs.ts';

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
  if (options.isInCluster === true) return loadInCluster(options);
  const paths = kubeconfigPaths(options);
  const read = await Promise.all(
    paths.map(async (file) => ({ file, content: await readKubeconfigFile(file) })),
  );
  const files = read.filter(isThere);
  if (isNamed(options.kubeconfig) && files.length === 0) throw missing(paths);
  const merged = mergeKubeconfigs(files.map(({ content }) => content));
  const name = options.context || merged.currentContext;
  const context = merged.contexts.get(name);
  if (context === undefined && name !== '') throw contextMissing(name, merged.contexts.keys(), files);
  const cluster = merged.clusters.get(context?.fields.cluster ?? '');
  if (name !== '' || (cluster !== undefined && cluster.fields.server !== ''))
    return connectContext(merged, { ...options, context: name });

  // Nothing says which cluster to take.
  if (isInsideCluster(options.env)) return loadInCluster(options);
  if (isDispensable(options)) return withoutCluster(options);
  if (files[0] === undefined) throw missing(paths);
  if (merged.contexts.size === 0 && merged.clusters.size === 0)
    throw kubeconfigError(files[0].file, 'it names no cluster');
  throw contextMissing(undefined, merged.contexts.keys(), files);
}

interface ReadFile {
  readonly file: string;
  readonly content: Kubeconfig;
}

function isThere(read: {
  readonly file: string;
  readonly content: Kubeconfig | undefined;
}): read is ReadFile {
  return read.content !== undefined;
}

function kubeconfigPaths({ env, kubeconfig, ...options }: ConnectionOptions): readonly string[] {
  if (isNamed(kubeconfig)) return [path.resolve(kubeconfig)];
  const list = env['KUBECONFIG'] ?? '';
  if (list === '') return [path.join(options.homeFolder ?? homeFolder(env), '.kube', 'config')];
  const listed = list.split(path.delimiter).filter((file) => file !== '');
  return [...new Set(listed)].map((file) => path.resolve(file));
}

/** Whoever names a kubeconfig or a context wants it. */
function isDispensable({ isOptional, kubeconfig, context }: ConnectionOptions): boolean {
  return isOptional === true && !isNamed(kubeconfig) && !isNamed(context);
}

function isNamed(option: string | undefined): option is string {
  return option !== undefined && option !== '';
}

/** Says where pods would be made, and leads to no server: the name is reserved (RFC 6761). */
function withoutCluster({ namespace }: ConnectionOptions): ClusterConnection {
  return {
    kind: 'kubeconfig',
    name: 'none',
    server: 'https://kubernetes.invalid',
    namespace: namespace || 'default',
  };
}

function missing(candidates: readonly string[]): KanikitError {
  const problem =
    candidates.length === 0 ? 'KUBECONFIG names no file' : `${candidates.join(', ')} does not exist`;
  return new KanikitError({
    code: 'kubeconfig-missing',
    message: `Looking for a cluster: ${problem}, and this is not a pod of a cluster.`,
    hint: 'Name a kubeconfig with `cluster.kubeconfig` or KUBECONFIG, or start a local one: kanikit sandbox up.',
  });
}

function contextMissing(
  name: string | undefined,
  contexts: Iterable<string>,
  files: readonly ReadFile[],
): KanikitError {
  const known = [...contexts];
  const where = files.map(({ file }) => file).join(', ');
  const problem =
    name === undefined
      ? `there is no current-context in ${where}`
      : `there is no context "${name}" in ${where === '' ? 'any kubeconfig' : where}`;
  return new KanikitError({
    code: 'kubeconfig-context-missing',
    message: `Choosing the cluster: ${problem}.`,
    hint:
      known.length === 0
        ? 'Add a context to the file: kubectl config set-context.'
        : `Choose one with \`cluster.context\`: ${known.join(', ')}.`,
  });
}
