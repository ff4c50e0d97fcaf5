import {
  type BuildFailure,
  isKanikitError,
  type KanikitErrorCode,
  type PodResult,
  type StepPosition,
} from '@kanikit/spec';
import { errorWords } from '@kanikit/toolkit/text';
import { memoryAdvice } from './memory-advice.ts';

/** A failure that happened on our side of the pod: an error thrown while packing, uploading or talking to the cluster. */
export function failureOfError(error: unknown): BuildFailure {
  const base = { step: undefined, lines: [] };
  if (isKanikitError(error)) {
    return {
      ...base,
      code: error.code,
      message: error.message,
      hint: error.hint,
      isRetryable: error.retryable,
    };
  }
  const message = errorWords(error);
  return {
    ...base,
    code: 'internal-error',
    message: `kanikit stopped with an unexpected error: ${message}.`,
    hint: 'This is a bug in kanikit; please report it with the events of the run.',
    isRetryable: false,
  };
}

const endings: Readonly<
  Record<
    Exclude<PodResult['cause'], 'completed'>,
    { code: KanikitErrorCode; what: string; hint: string; isRetryable: boolean }
  >
> = {
  cancelled: {
    code: 'cancelled',
    what: 'the build was cancelled',
    hint: 'Ask whoever cancelled it, or build again.',
    isRetryable: false,
  },
  'oom-killed': {
    code: 'executor-out-of-memory',
    what: 'the executor ran out of memory and was killed',
    hint: 'Raise the memory limit (`pod.limits.memory`), or try --compressed-caching=false, --snapshot-mode=redo or --single-snapshot in `executorArgs`.',
    isRetryable: false,
  },
  evicted: {
    code: 'pod-evicted',
    what: 'the node evicted the pod',
    hint: 'Ask for more ephemeral storage or memory (`pod.limits.ephemeralStorage`, `pod.limits.memory`), so that the pod lands on a node that has it.',
    isRetryable: true,
  },
  'deadline-exceeded': {
    code: 'deadline-exceeded',
    what: 'the build took longer than it may',
    hint: 'Raise `timeoutMs`, or find out what takes so long in the log.',
    isRetryable: false,
  },
  'node-lost': {
    code: 'node-lost',
    what: 'the node of the pod went away',
    hint: 'Build again; the cluster picks another node.',
    isRetryable: true,
  },
  deleted: {
    code: 'pod-deleted',
    what: 'someone or something deleted the pod',
    hint: 'It may have been meant, so the build is not tried again by itself. Look at who deletes pods in this namespace (clean-up jobs, people), then build again.',
    isRetryable: false,
  },
  preempted: {
    code: 'pod-preempted',
    what: 'a pod of higher priority took its place',
    hint: 'Build again later, or give builds a priority class.',
    isRetryable: true,
  },
  'never-started': {
    code: 'pod-not-started',
    what: 'the pod could not start',
    hint: 'Check the executor image, its pull secret and the pod settings.',
    isRetryable: false,
  },
};

/** A failure that the cluster, not the executor, is the cause of. */
export function failureOfPod(pod: PodResult, step?: StepPosition): BuildFailure | undefined {
  if (pod.cause === 'completed') return undefined;
  const { code, what, hint, isRetryable } = endings[pod.cause];
  // Whoever cancelled it is all there is to say.
  const isCancelled = pod.cause === 'cancelled' && pod.message !== undefined;
  const words = [pod.reason, pod.message].filter((text) => text !== undefined && text !== '').join(': ');
  const advice = pod.cause === 'oom-killed' ? memoryAdvice(pod.limits, step) : undefined;
  return {
    code,
    message: isCancelled
      ? `The build was ${pod.message}.`
      : `Building in the cluster: ${what}${words === '' ? '' : `: ${words}`}.`,
    hint: pod.hint ?? advice ?? hint,
    step,
    lines: [],
    isRetryable: pod.isRetryable ?? isRetryable,
  };
}
