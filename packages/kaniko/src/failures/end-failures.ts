import { entry, type FailureEntry } from './failure-entry.ts';

/** Ends without last words, crashes, and what fits nowhere else. */
export const outOfMemory: FailureEntry = entry(
  'executor-out-of-memory',
  /fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|^runtime: out of memory/,
  'The executor itself was refused memory.',
  'Raise the memory limit; --compressed-caching=false, --snapshot-mode=redo and no --reproducible need less.',
);

export const assertionViolated: FailureEntry = entry(
  'executor-assertion',
  /^Assertion violated |^Unreachable|panic: Assertion violated /,
  'The executor found itself in a state that it holds for impossible: a mistake in the executor.',
  'Report it to the fork; KANIKO_IGNORE_ASSERTIONS=1 lets the build go on.',
);

export const crashed: FailureEntry = entry(
  'executor-crashed',
  undefined,
  'The executor crashed: a mistake in the executor.',
  'Try another release of the executor, and report the stack trace.',
);

export const killed: FailureEntry = entry(
  'executor-killed',
  undefined,
  'The executor was killed without a word, nearly always because its memory was not enough, else by the node (eviction).',
  'Raise the memory limit; --compressed-caching=false, --snapshot-mode=redo and no --reproducible need less.',
);

export const terminated: FailureEntry = entry(
  'executor-terminated',
  undefined,
  'The executor was asked to end (SIGTERM): the pod was deleted, its node drained, its sandbox broken, or its time was up.',
  'Build again; raise the deadline if it was the time.',
  true,
);

export const buildFailed: FailureEntry = entry(
  'build-failed',
  undefined,
  'The executor gave up for a reason that the catalogue does not have.',
  'Read the message of the executor.',
);

export const endedSilently: FailureEntry = entry(
  'executor-ended',
  undefined,
  'The executor ended with an error, and its log does not say why.',
  'Look at the end of the complete log and at the status of the pod.',
);
