/** Flags of the pod's shape; what is not here can be said by a template or a patch (docs/pods.md). */
export const podFlags = {
  'service-account': { type: 'string', value: 'NAME', doc: 'Service account of the pod' },
  'mount-service-account-token': {
    type: 'boolean',
    doc: 'Mount the token of the service account (default: only with --service-account, and then as that says)',
  },
  cpu: { type: 'string', value: 'AMOUNT', doc: 'CPU limit, e.g. 2 or 500m' },
  memory: { type: 'string', value: 'AMOUNT', doc: 'Memory limit, e.g. 4Gi' },
  'ephemeral-storage': { type: 'string', value: 'AMOUNT', doc: 'Limit of disk space, e.g. 20Gi' },
  'request-cpu': { type: 'string', value: 'AMOUNT', doc: 'CPU to reserve (default: the limit)' },
  'request-memory': { type: 'string', value: 'AMOUNT', doc: 'Memory to reserve (default: the limit)' },
  'request-ephemeral-storage': {
    type: 'string',
    value: 'AMOUNT',
    doc: 'Disk space to reserve (default: the limit)',
  },
  'node-selector': { type: 'pairs', value: 'KEY=VALUE', doc: 'Label a node must have' },
  toleration: {
    type: 'list',
    value: 'KEY[=VALUE][:EFFECT]',
    doc: 'Taint of nodes to put up with, e.g. builds:NoSchedule; may be repeated',
  },
  'no-spread': { type: 'boolean', doc: 'Do not spread builds over nodes' },
  'priority-class': { type: 'string', value: 'NAME', doc: 'Priority class of the pod' },
  'runtime-class': { type: 'string', value: 'NAME', doc: 'Runtime class of the pod, e.g. gvisor' },
  scheduler: { type: 'string', value: 'NAME', doc: "Scheduler of the pod (default: the cluster's)" },
  'pull-secret': {
    type: 'list',
    value: 'NAME',
    doc: "Existing secret to pull the executor's image with; may be repeated",
  },
  'pull-policy': {
    type: 'choice',
    choices: ['Always', 'IfNotPresent', 'Never'],
    value: 'WHEN',
    doc: "When the executor's image is pulled (default: the cluster's)",
  },
  env: {
    type: 'pairs',
    value: 'KEY[=VALUE]',
    doc: "Variable of the executor; without a value it comes from this machine's environment",
  },
  'env-from-secret': {
    type: 'list',
    value: 'NAME',
    doc: 'All keys of an existing secret as variables of the executor; may be repeated',
  },
  'env-from-configmap': { type: 'list', value: 'NAME', doc: 'The same of a config map' },
  'proxy-from-environment': {
    type: 'boolean',
    doc: "Give the executor this machine's HTTP_PROXY, HTTPS_PROXY and NO_PROXY",
  },
  'http-proxy': { type: 'string', value: 'URL', doc: 'Proxy of the executor for http' },
  'https-proxy': { type: 'string', value: 'URL', doc: 'Proxy of the executor for https' },
  'no-proxy': {
    type: 'string',
    value: 'HOSTS',
    doc: 'Hosts reached without a proxy; names inside of the cluster are added',
  },
  volume: {
    type: 'list',
    value: 'SOURCE:PATH[:ro]',
    doc: 'Volume of the executor: pvc=NAME, secret=NAME, configmap=NAME, emptydir[=SIZE] or hostpath=PATH; may be repeated',
  },
  annotation: { type: 'pairs', value: 'KEY=VALUE', doc: 'Annotation of the pod' },
  'pod-label': { type: 'pairs', value: 'KEY=VALUE', doc: 'Label of the pod' },
  'add-host': {
    type: 'list',
    value: 'HOST:IP',
    doc: "Line of the pod's /etc/hosts; may be repeated",
  },
  'user-namespace': {
    type: 'boolean',
    doc: 'Give the pod a user namespace of its own, where nodes can (hostUsers: false)',
  },
  'pod-preset': {
    type: 'choice',
    choices: ['baseline', 'least-privilege', 'openshift'],
    value: 'NAME',
    doc: 'Settings that a kind of cluster wants',
  },
  'pod-template': {
    type: 'string',
    value: 'FILE',
    doc: 'Pod, or spec of a pod, that the pod is made on (YAML or JSON)',
  },
  'pod-patch': {
    type: 'list',
    value: 'PATCH',
    doc: 'Strategic merge patch of the finished pod: a file, or YAML or JSON in {}; may be repeated',
  },
  'pod-json-patch': {
    type: 'list',
    value: 'PATCH',
    doc: 'JSON patch (RFC 6902) of the finished pod: a file, or a list in []; after all --pod-patch',
  },
  'pod-name': { type: 'string', value: 'NAME', doc: 'Fixed name of the pod (default: generated)' },
} as const;
