/** Flags of every command that talks to a cluster. */
export const clusterFlags = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    doc: 'Kubeconfig (default: KUBECONFIG, else ~/.kube/config)',
  },
  'kube-context': {
    type: 'string',
    value: 'NAME',
    doc: 'Context of the kubeconfig (default: its current one)',
  },
  namespace: { type: 'string', short: 'n', value: 'NAME', doc: 'Namespace (default: that of the context)' },
  'in-cluster': {
    type: 'boolean',
    excludes: ['kubeconfig', 'kube-context'],
    contradiction: '--in-cluster uses no kubeconfig.',
    doc: 'Use the service account of the pod kanikit runs in',
    env: 'KANIKIT_IN_CLUSTER',
  },
} as const;

/** `--sandbox`, without what it is for. */
export const sandboxFlag = {
  type: 'boolean',
  excludes: ['kubeconfig', 'kube-context', 'in-cluster'],
  contradiction: '--sandbox is a cluster of its own: leave out the flags of other clusters.',
  env: 'KANIKIT_SANDBOX',
} as const;

/** Flags of the commands about builds that are in the cluster, whoever started them. */
export const foundFlags = {
  ...clusterFlags,
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    doc: 'Look in all namespaces (needs the right to list pods in the whole cluster)',
  },
  sandbox: { ...sandboxFlag, doc: 'Look in the sandbox of this machine' },
} as const;
