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
  'in-cluster': { type: 'boolean', doc: 'Use the service account of the pod kanikit runs in' },
} as const;

/** Flags of the commands about builds that are in the cluster, whoever started them. */
export const foundFlags = {
  ...clusterFlags,
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    doc: 'Look in all namespaces (needs the right to list pods in the whole cluster)',
  },
  sandbox: { type: 'boolean', doc: 'Look in the sandbox of this machine' },
} as const;
