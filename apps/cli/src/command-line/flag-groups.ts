import type { Command, Flag } from './flag.ts';

/** Commands with fewer flags are read at a glance: they have one list. */
const leastGrouped = 15;

/** What belongs together, in the order of help. What is not named here is the command's own, and comes first. */
const groups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  {
    title: 'Image',
    names: [
      'file',
      'tag',
      'build-arg',
      'secret',
      'target',
      'label',
      'annotation',
      'platform',
      'image-format',
      'compression',
      'context-sub-path',
      'push',
      'no-push',
      'name',
    ],
  },
  {
    title: 'Layer cache',
    names: ['cache', 'no-cache', 'cache-repo', 'cache-copy-layers', 'cache-ttl'],
  },
  {
    title: 'Output',
    names: ['progress', 'quiet', 'record', 'iidfile', 'metadata-file', 'log-folder', 'dry-run', 'output'],
  },
  {
    title: 'Cluster',
    names: ['kubeconfig', 'kube-context', 'namespace', 'in-cluster', 'all-namespaces', 'sandbox'],
  },
  {
    title: 'Run: limits, retries, detaching',
    names: [
      'timeout',
      'retries',
      'concurrency',
      'concurrency-per-registry',
      'fail-fast',
      'detach',
      'job',
      'keep-failed',
      'keep-ended',
    ],
  },
  {
    title: 'Context and bucket',
    names: [
      'bucket',
      'bucket-endpoint',
      'bucket-pod-endpoint',
      'bucket-region',
      'bucket-ca',
      'bucket-pod-access',
      'keep-context',
      'delivery',
      'stdin',
      'fetch',
      'mtime',
      'git-depth',
      'git-submodules',
      'git-secret',
    ],
  },
  {
    title: 'Registry',
    names: ['registry-secret', 'insecure-registry', 'push-retry', 'image-download-retry'],
  },
  {
    title: 'Executor',
    names: ['executor', 'executor-image', 'feature', 'feature-profile', 'pull-secret', 'pull-policy'],
  },
  {
    title: 'Pod: resources and placement',
    names: [
      'cpu',
      'memory',
      'ephemeral-storage',
      'request-cpu',
      'request-memory',
      'request-ephemeral-storage',
      'node-selector',
      'toleration',
      'no-spread',
      'priority-class',
      'runtime-class',
      'scheduler',
    ],
  },
  {
    title: 'Pod: variables, proxies, volumes',
    names: [
      'env',
      'env-from-secret',
      'env-from-configmap',
      'proxy-from-environment',
      'http-proxy',
      'https-proxy',
      'no-proxy',
      'volume',
      'add-host',
    ],
  },
  {
    title: 'Pod: identity, presets, templates, patches',
    names: [
      'service-account',
      'mount-service-account-token',
      'pod-annotation',
      'pod-label',
      'user-namespace',
      'pod-preset',
      'pod-template',
      'pod-patch',
      'pod-json-patch',
      'pod-name',
    ],
  },
];

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly (readonly [string, Flag])[];
}

/** The flags of a command by subject, for help and the reference page. */
export function flagGroups({ flags }: Command): readonly FlagGroup[] {
  const all = Object.entries(flags);
  if (all.length < leastGrouped) return all.length === 0 ? [] : [{ title: 'Flags', flags: all }];
  const grouped = new Set(groups.flatMap(({ names }) => names));
  return [
    { title: 'Flags', flags: all.filter(([name]) => !grouped.has(name)) },
    ...groups.map(({ title, names }) => ({
      title,
      flags: names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]] as const])),
    })),
  ].filter(({ flags: named }) => named.length > 0);
}

/** Names in the groups: for the test that every one of them is a flag. */
export const groupedFlagNames: readonly string[] = groups.flatMap(({ names }) => names);
