import type { PodResult } from '@kanikit/spec';
import { executorSpec, type PodObject } from '../api/watch/pod-object.ts';
import { endRules } from './end-rules.ts';
import { imageRules } from './image-rules.ts';
import { explainUnschedulable } from './explain-unschedulable.ts';
import { explainBy, type Rule } from './rule.ts';
import { shortWords } from '../api/client/short-words.ts';
import { setupRules } from './setup-rules.ts';

const rulesOf: Readonly<Record<PodResult['cause'], readonly Rule[]>> = {
  completed: [],
  cancelled: [],
  'oom-killed': [],
  evicted: endRules,
  'deadline-exceeded': endRules,
  'node-lost': endRules,
  deleted: endRules,
  preempted: endRules,
  'never-started': [...endRules, ...imageRules, ...setupRules],
};

/** Adds to a result what the cluster's words mean, what to do, and the limits that the pod really had. */
export function explainEnd(result: PodResult, pod: PodObject | undefined): PodResult {
  const limits = limitsOf(pod);
  const own = result.message === undefined ? result : { ...result, message: shortWords(result.message) };
  const told: PodResult = limits === undefined ? own : { ...own, limits };
  const { reason = result.cause === 'deadline-exceeded' ? 'DeadlineExceeded' : '' } = result;
  const message = own.message || shortWords(startWords(result));
  const found =
    reason === 'Unschedulable'
      ? explainUnschedulable(message, pod)
      : explainBy(rulesOf[result.cause], { reason, message }, pod);
  if (found === undefined) return told;
  return {
    ...told,
    message: found.message,
    ...(found.hint === undefined ? {} : { hint: found.hint }),
    isRetryable: found.isRetryable,
  };
}

/** A container that can not start has its reason where programs have their last words. */
function startWords({ cause, terminationMessage }: PodResult): string {
  return cause === 'never-started' ? (terminationMessage ?? '').trim() : '';
}

function limitsOf(pod: PodObject | undefined): PodResult['limits'] {
  const limits = pod === undefined ? undefined : executorSpec(pod)?.resources?.limits;
  if (limits === undefined) return undefined;
  return { cpu: limits['cpu'], memory: limits['memory'], ephemeralStorage: limits['ephemeral-storage'] };
}
