import { doubledQuantity } from '@kanikit/spec';
import { executorSpec, type PodObject } from '../api/watch/pod-object.ts';
import type { Rule } from './rule.ts';

/** Why the cluster ended a pod, in the words of kubelet, scheduler and controllers. */
export const endRules: readonly Rule[] = [
  {
    pattern: /Pod ephemeral local storage usage exceeds the total limit of containers (\S+?)\.? ?$/i,
    means: ([, limit]) => `the build wrote more to disk than its limit of ${limit}`,
    hint: ([, limit = '']) =>
      `Raise \`pod.limits.ephemeralStorage\`${suggestion(limit)}: a build needs about base image + layers + one more copy of each layer.`,
  },
  {
    pattern: /Container \S+ exceeded its local ephemeral storage limit "([^"]+)"/i,
    means: ([, limit]) => `the build wrote more to disk than its limit of ${limit}`,
    hint: ([, limit = '']) =>
      `Raise \`pod.limits.ephemeralStorage\`${suggestion(limit)}: a build needs about base image + layers + one more copy of each layer.`,
  },
  {
    pattern: /Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"/i,
    means: ([, volume, limit]) => `the build wrote more into the volume ${volume} than its limit of ${limit}`,
    hint: ([, volume]) => `Raise the sizeLimit of the volume ${volume}, or leave it out.`,
  },
  {
    pattern: /The node (?:was low on resource: ephemeral-storage|had condition: \[DiskPressure\])/i,
    means: 'the disk of the node was full',
    hint: (_found, pod) =>
      `Ask for the disk space that the build needs (\`pod.limits.ephemeralStorage\`${asked(pod, 'ephemeral-storage')}), so that it lands on a node that has it.`,
    isRetryable: true,
  },
  {
    pattern: /The node (?:was low on resource: memory|had condition: \[MemoryPressure\])/i,
    means: 'the node ran out of memory',
    hint: (_found, pod) =>
      `Ask for the memory that the build needs (\`pod.limits.memory\`${asked(pod, 'memory')}): pods that use more than they asked for go first.`,
    isRetryable: true,
  },
  {
    pattern: /The node (?:was low on resource: (?:pids|inodes)|had condition: \[PIDPressure\])/i,
    means: 'the node ran out of process ids or of inodes',
    hint: 'Build again: the cluster picks another node.',
    isRetryable: true,
  },
  {
    reasons: ['EvictionByEvictionAPI'],
    pattern: /^/,
    means: 'someone or something empties the node (a drain, an autoscaler, an upgrade)',
    hint: 'Build again. Autoscalers leave pods with the annotation cluster-autoscaler.kubernetes.io/safe-to-evict=false alone.',
    isRetryable: true,
  },
  {
    pattern: /imminent node shutdown|node is shutting down/i,
    means: 'the node is shut down',
    hint: 'Build again: the cluster picks another node. Nodes that can be taken away at any time (spot) do so now and then.',
    isRetryable: true,
  },
  {
    pattern: /preempted (?:by Kubelet )?(?:to accommodate|in order to admit) (?:a )?critical pod/i,
    means: 'the node needed its room for a pod of the system',
    hint: 'Build again: the cluster picks another node.',
    isRetryable: true,
  },
  {
    reasons: ['PreemptionByScheduler', 'Preempting', 'Preempted'],
    pattern: /^(?:Preempted by pod ([^ ]+))?/,
    means: ([, by]) => `a pod of higher priority took its place${by === undefined ? '' : `: ${by}`}`,
    hint: (_found, pod) =>
      `Build again later, or give builds a higher priority class${pod?.spec?.priorityClassName === undefined ? '' : ' than they have'}.`,
    isRetryable: true,
  },
  {
    reasons: ['DeletionByTaintManager'],
    pattern: /^/,
    means: 'its node stopped answering, or has a taint that drives pods away',
    hint: 'Build again: the cluster picks another node. kubectl describe node tells more.',
    isRetryable: true,
  },
  {
    pattern:
      /PodGC: node no longer exists|^node (?:\S+ )?(?:is gone|not found)|\bnodes? "[^"]*" (?:is gone|not found)/i,
    means: 'its node is no longer part of the cluster',
    hint: 'Build again: the cluster picks another node. Autoscalers and spot offers take nodes away.',
    isRetryable: true,
  },
  {
    reasons: ['DeadlineExceeded'],
    pattern: /^/,
    means: (_found, pod) => `it took longer than ${seconds(pod)}`,
    hint: (_found, pod) =>
      `Raise \`timeoutMs\` (it was ${seconds(pod)}), or find out in the log what takes so long.`,
  },
  {
    reasons: ['ContainerStatusUnknown'],
    pattern: /^/,
    means: 'its node came back and does not know what became of it',
    hint: 'Build again.',
    isRetryable: true,
  },
  {
    pattern: /Node didn't have enough resource: ([\w./-]+)|\bOutOf(\w+)/,
    means: ([, resource, other]) =>
      `the node it was given had no ${resource ?? other} left: another pod was faster`,
    hint: 'Build again.',
    isRetryable: true,
  },
  {
    reasons: [
      'UnexpectedAdmissionError',
      'NodeAffinity',
      'NodePorts',
      'NodeShutdown',
      'TopologyAffinityError',
    ],
    pattern: /^/,
    means: 'the node it was given refused it',
    hint: 'Build again; if it repeats, choose other nodes (`pod.nodeSelector`).',
    isRetryable: true,
  },
];

function suggestion(limit: string): string {
  const more = doubledQuantity(limit);
  return more === undefined ? '' : `, e.g. to ${more}`;
}

function asked(pod: PodObject | undefined, resource: string): string {
  const amount = pod === undefined ? undefined : executorSpec(pod)?.resources?.requests?.[resource];
  return amount === undefined ? '; it asked for none' : `; it asked for ${amount}`;
}

function seconds(pod: PodObject | undefined): string {
  const limit = pod?.spec?.activeDeadlineSeconds;
  if (limit === undefined) return 'it may';
  return limit % 60 === 0 && limit >= 60 ? `${limit / 60} min` : `${limit} s`;
}
