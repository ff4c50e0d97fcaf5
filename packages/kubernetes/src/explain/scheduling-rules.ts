/** What the pod asks of nodes. */
export interface NodeAsk {
  readonly requests: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly hasAffinity: boolean;
}

/** What the scheduler says of some nodes, in a few words, and what to do. */
export interface NodeRule {
  readonly pattern: RegExp;
  readonly means: (found: RegExpExecArray, ask: NodeAsk) => string;
  readonly hint: (found: RegExpExecArray, ask: NodeAsk) => string;
}

/** How a hint begins that several resources of a pod can share. */
export const lessHint = 'Wait for other pods to end, or ask for less ';

const settingsByResource: Readonly<Record<string, string>> = {
  cpu: '`pod.limits.cpu`',
  memory: '`pod.limits.memory`',
  'ephemeral-storage': '`pod.limits.ephemeralStorage`',
};

/** Taints that Kubernetes itself puts on nodes, in words. */
const ownTaints: Readonly<Record<string, string>> = {
  'node.kubernetes.io/not-ready': 'not ready',
  'node.kubernetes.io/unreachable': 'out of reach',
  'node.kubernetes.io/memory-pressure': 'short of memory',
  'node.kubernetes.io/disk-pressure': 'short of disk space',
  'node.kubernetes.io/pid-pressure': 'short of process ids',
  'node.kubernetes.io/network-unavailable': 'without network',
  'node.kubernetes.io/unschedulable': 'closed for new pods (cordoned)',
  'node.kubernetes.io/out-of-service': 'out of service',
  'node.cloudprovider.kubernetes.io/uninitialized': 'being set up',
  'node.cloudprovider.kubernetes.io/shutdown': 'shut down',
};

/** By the reasons of the scheduler's filter plugins. Source: `ErrReason…` in https://github.com/kubernetes/kubernetes/tree/v1.34.0/pkg/scheduler/framework/plugins */
export const nodeRules: readonly NodeRule[] = [
  {
    pattern: /^Insufficient (\S+)/,
    means: ([, resource = ''], { requests }) =>
      `too little ${resource} free${requests[resource] === undefined ? '' : `, ${requests[resource]} is asked for`}`,
    hint: ([, resource = '']) => {
      const setting = settingsByResource[resource];
      return `${lessHint}${resource}${setting === undefined ? '' : ` (${setting})`}.`;
    },
  },
  {
    pattern: /^Too many pods/,
    means: () => 'as many pods as may run there',
    hint: () => 'Wait for other pods to end, or add nodes.',
  },
  {
    pattern: /^node\(s\) had untolerated taint(?:\(s\))? \{([^:}]+): ?([^}]*)\}/,
    means: ([, key = '', value]) =>
      ownTaints[key] === undefined ? `taint ${taint(key, value)}` : ownTaints[key],
    hint: ([, key = '', value]) =>
      ownTaints[key] === undefined
        ? `Nodes with a taint are kept for others: \`pod.tolerations: ${taint(key, value)}\` lets builds on them.`
        : 'Such nodes take pods again by themselves, or need a look: kubectl get nodes.',
  },
  {
    pattern: /^node\(s\) had (?:untolerated taint|taints)/,
    means: () => 'a taint that the pod does not tolerate',
    hint: () => 'Nodes with a taint are kept for others: `pod.tolerations: KEY=VALUE` lets builds on them.',
  },
  {
    pattern: /^node\(s\) (?:were unschedulable|had unknown conditions)/,
    means: () => 'closed for new pods (cordoned)',
    hint: () => 'kubectl get nodes shows who is; kubectl uncordon opens one again.',
  },
  {
    pattern: /^node\(s\) didn't match Pod's node affinity\/selector/,
    means: (_found, { nodeSelector, hasAffinity }) => {
      const wanted = Object.entries(nodeSelector).map(([key, value]) => `${key}=${value}`);
      const labels = wanted.length === 0 ? 'what the affinity asks for' : wanted.join(', ');
      return `not ${labels}${wanted.length > 0 && hasAffinity ? ', or not what the affinity asks for' : ''}`;
    },
    hint: (_found, { nodeSelector }) => {
      const architecture = nodeSelector['kubernetes.io/arch'];
      return architecture === undefined
        ? 'kubectl get nodes --show-labels shows the labels there are; `pod.nodeSelector` chooses.'
        : `Kaniko does not emulate: an image for ${architecture} needs a node of that architecture (kubectl get nodes -L kubernetes.io/arch).`;
    },
  },
  {
    pattern: /^node\(s\) didn't match (?:the requested node name)/,
    means: () => 'not the node that the pod names',
    hint: () => 'Leave the name of the node out of the pod template.',
  },
  {
    pattern: /^node\(s\) didn't (?:match pod (?:anti-)?affinity|satisfy existing pods anti-affinity)/,
    means: () => 'other pods there keep it away, or those it must be beside are not there',
    hint: () => 'Loosen the affinity between pods, or wait for other pods to end.',
  },
  {
    pattern: /^node\(s\) didn't match pod topology spread constraints( \(missing required label\))?/,
    means: ([, isLabelMissing]) =>
      isLabelMissing === undefined ? 'its share of the builds already' : 'no label that builds are spread by',
    hint: () =>
      'Loosen the topology spread (whenUnsatisfiable: ScheduleAnyway), or wait for other builds to end.',
  },
  {
    pattern: /^node\(s\) didn't have free ports/,
    means: () => 'another pod has the port that this one asks for',
    hint: () => 'Leave host ports out of the pod template.',
  },
  {
    pattern:
      /^node\(s\) (?:had (?:no available volume zone|volume node affinity conflict)|didn't match PersistentVolume's node affinity)/,
    means: () => 'in another zone than a volume of the pod',
    hint: () =>
      'Build in the zone of the volume (`pod.nodeSelector: topology.kubernetes.io/zone=…`), or leave the volume out.',
  },
  {
    pattern:
      /^node\(s\) (?:didn't find available persistent volumes to bind|did not have enough free storage)/,
    means: () => 'no storage for a volume claim of the pod',
    hint: () => 'kubectl describe pvc shows what the claim waits for.',
  },
  {
    pattern: /^node\(s\) (?:exceed max volume count|had no available disk)/,
    means: () => 'as many volumes as may be there',
    hint: () => 'Wait for other pods to end, or leave volumes out.',
  },
  {
    pattern: /^node\(s\) unavailable due to PersistentVolumeClaim with ReadWriteOncePod/,
    means: () => 'another pod has a volume for itself (ReadWriteOncePod)',
    hint: () => 'Wait until that pod has ended, or use a volume that several may mount.',
  },
];

/** What the scheduler says of the pod itself, whatever the nodes. */
export const podRules: readonly {
  readonly pattern: RegExp;
  readonly means: (found: RegExpExecArray) => string;
  readonly hint: (found: RegExpExecArray, ask: NodeAsk) => string;
}[] = [
  {
    pattern: /persistentvolumeclaim "([^"]+)" not found/i,
    means: ([, name]) => `the volume claim ${name} does not exist`,
    hint: ([, name]) => `Create the volume claim ${name} in the namespace, or mount another one.`,
  },
  {
    pattern: /persistentvolumeclaim "([^"]+)" (?:is being deleted|bound to non-existent)/i,
    means: ([, name]) => `the volume claim ${name} is being deleted, or its volume is gone`,
    hint: () => 'Create it anew, or mount another one.',
  },
  {
    pattern: /unbound immediate PersistentVolumeClaims/i,
    means: () => 'a volume claim of the pod has no volume yet',
    hint: () => 'kubectl get pvc shows which; its storage class must be able to make one.',
  },
  {
    pattern: /waiting for ephemeral volume controller/i,
    means: () => 'a volume of the pod is being made',
    hint: () => '',
  },
  {
    pattern: /no nodes available to schedule pods/i,
    means: () => 'the cluster has no nodes',
    hint: () => 'Add a node, or wait for one.',
  },
  {
    pattern: /(?<![\w./"-]|Insufficient )resourceclaims?(?![\w./-])/i,
    means: () => 'a device that the pod claims is not to be had',
    hint: () => 'kubectl get resourceclaims shows which.',
  },
];

function taint(key: string, value = ''): string {
  return value === '' ? key : `${key}=${value}`;
}
