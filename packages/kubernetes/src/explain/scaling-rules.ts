import type { Rule } from './rule.ts';

/** What autoscalers and other parts of a cluster tell about a pod, as events. */
export const scalingRules: readonly Rule[] = [
  {
    reasons: ['TriggeredScaleUp'],
    pattern: /^/,
    means: 'a node is being added for it',
    hint: 'New nodes take a few minutes.',
  },
  {
    reasons: ['Nominated'],
    pattern: /^/,
    means: 'a node is found or being added for it',
    hint: 'New nodes take a few minutes.',
  },
  {
    reasons: ['NotTriggerScaleUp'],
    pattern: /^/,
    means: 'the cluster adds no node for it',
    hint: 'No kind of node that may be added would take this pod: ask for less, or other nodes.',
  },
  {
    reasons: ['SandboxChanged'],
    pattern: /^/,
    means: 'its node sets the pod up once more',
    hint: 'If it repeats, the network plugin or the container runtime of the node is broken.',
  },
  {
    reasons: ['Preempted'],
    pattern: /Preempted by (?:pod )?(\S+)(?: on node (\S+))?/i,
    means: 'a pod of higher priority takes its place',
    hint: 'Build again later, or give builds a priority class.',
  },
  {
    reasons: ['NodeNotReady'],
    pattern: /^/,
    means: 'its node does not answer',
    hint: 'The cluster gives a node five minutes before it takes its pods away.',
  },
  {
    reasons: ['TaintManagerEviction'],
    pattern: /Marking for deletion/i,
    means: 'its node has a taint that drives pods away',
    hint: 'Build again: the cluster picks another node.',
  },
  {
    reasons: ['Unhealthy', 'ProbeWarning'],
    pattern: /^/,
    hint: 'The executor has no probes: this is about a container that something has put into the pod.',
  },
];
