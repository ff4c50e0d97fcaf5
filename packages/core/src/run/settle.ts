import type { ExecutorVerdict } from '@kanikit/kaniko';
import type { BuildFailure, KanikitError, NoticeEvent, PodResult } from '@kanikit/spec';
import type { BuildResult } from '../model/result.ts';
import { failureOfError, failureOfPod } from '../model/failures.ts';
import { memoryAdvice } from '../model/memory-advice.ts';

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** What was seen of a pod, whichever came first or never came. */
export interface PodStory {
  /** How the pod ended; undefined where the cluster can no longer tell (`watchError` says why). */
  readonly pod: PodResult | undefined;
  readonly watchError: KanikitError | undefined;
  readonly log: ExecutorVerdict;
}

/** What the executor and the cluster say together about a build that had a pod. */
export type Settlement = Pick<BuildResult, 'digest' | 'images' | 'exitCode' | 'failure'> & {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  /** What to tell the user about the verdict. */
  readonly notices: readonly Omit<NoticeEvent, 'type' | 'level'>[];
};

export interface SettleOptions {
  /** Where the image was to be pushed to; empty for a build that pushes nothing. */
  readonly destinations: readonly string[];
  /** True when the Dockerfile was the archive's last entry, under a name made for it: its absence proves that the archive did not arrive. */
  readonly isContextSealed: boolean;
}

/** Whether a Dockerfile has the name of a sealed archive's last entry. */
export function isSealed(dockerfile: string | undefined): boolean {
  return dockerfile?.startsWith('.kanikit') ?? false;
}

/**
 * The verdict from pod status, exit code, termination message and log together (docs/decisions/0051-verdict.md, 0088-confirmed-pushes.md). The exit
 * code decides where the executor ended by itself, unless the log says that it did not push. Where something else ended it, a push that the log
 * confirms for every destination decides: the image is there. Images are those that the log confirms: Kaniko writes the digest file before it
 * pushes, and also where it does not push.
 */
export function settle(story: PodStory, options: SettleOptions): Settlement {
  const { pod, log, watchError } = story;
  const { destinations } = options;
  if (pod?.cause === 'completed' && pod.exitCode === 0) return completed(pod, log, destinations);
  const isPushed = isAllPushed(log, destinations);
  const isBroken = pod === undefined || endedFromOutside.has(pod.cause) || isInterrupted(pod, log);
  const isDone = destinations.length === 0 && pod === undefined && log.outcome === 'succeeded';
  if (isBroken && (isPushed || isDone)) {
    const how = howGone(pod);
    const proven = destinations.length === 0 ? 'the end of the build' : 'every push';
    const message = `The pod was ${how} before it could report its end, but its log confirms ${proven}.`;
    return {
      outcome: 'succeeded',
      digest: log.images.at(-1)?.digest,
      images: log.images,
      exitCode: pod?.exitCode ?? log.exitCode,
      failure: undefined,
      notices: [{ code: 'verdict-from-log', message, hint: undefined }, ...keptNotices(log)],
    };
  }
  return {
    // Someone else's word; the build's own client cancels by its signal.
    outcome: pod?.cause === 'cancelled' ? 'cancelled' : 'failed',
    digest: undefined,
    images: log.images,
    exitCode: pod?.exitCode ?? log.exitCode,
    failure:
      pod === undefined
        ? (log.failure ?? failureOfError(watchError))
        : failureOf(pod, log, options.isContextSealed),
    notices: [],
  };
}

/** Causes that say nothing about the executor's work. */
const endedFromOutside: ReadonlySet<PodResult['cause']> = new Set([
  'oom-killed',
  'evicted',
  'deadline-exceeded',
  'node-lost',
  'deleted',
  'preempted',
]);

/** What is said of an executor that did not end by itself. */
const interruptions: ReadonlySet<string | undefined> = new Set(['executor-killed', 'executor-terminated']);

/** Whether something on the node ended the executor, as when the sandbox of its pod breaks. */
function isInterrupted(pod: PodResult, { failure }: ExecutorVerdict): boolean {
  return pod.cause === 'completed' && interruptions.has(failure?.code);
}

function howGone(pod: PodResult | undefined): string {
  if (pod === undefined) return 'out of reach';
  return pod.cause === 'completed' ? `stopped (exit code ${pod.exitCode})` : `gone (${pod.cause})`;
}

function completed(pod: PodResult, log: ExecutorVerdict, destinations: readonly string[]): Settlement {
  const done = { outcome: 'succeeded', images: log.images, exitCode: 0, failure: undefined } as const;
  const marker = pod.terminationMessage?.trim();
  const built = marker !== undefined && digestPattern.test(marker) ? marker : undefined;
  if (destinations.length === 0) return { ...done, digest: built, notices: [] };
  if (log.unpushed !== undefined) return pushSkipped(log, destinations);
  const unconfirmed = missing(log, destinations);
  return {
    ...done,
    digest: log.images.at(-1)?.digest ?? built,
    notices: [
      ...keptNotices(log),
      ...(unconfirmed.length === 0 ? [] : [unconfirmedNotice(unconfirmed, built)]),
    ],
  };
}

/** The executor was told not to push by something that kanikit does not see: its image, a config map, a policy that changes pods. */
function pushSkipped({ unpushed }: ExecutorVerdict, destinations: readonly string[]): Settlement {
  const [did, hint] =
    unpushed === 'planned'
      ? ['only printed what it would do', 'Look for --dryrun among what starts the executor.']
      : [
          'built the image, but was told not to push it',
          'Look for KANIKO_NO_PUSH in the environment of the pod and of the executor image, and take it away. To build without pushing, say so (`push: false`).',
        ];
  const failure: BuildFailure = {
    code: 'push-skipped',
    message: `Pushing ${destinations.join(', ')}: the executor ${did}.`,
    hint,
    step: undefined,
    lines: [],
    isRetryable: false,
  };
  return { outcome: 'failed', digest: undefined, images: [], exitCode: 0, failure, notices: [] };
}

/** Destinations whose push the log does not tell of. */
function missing({ images, keptTags }: ExecutorVerdict, destinations: readonly string[]): readonly string[] {
  const told = new Set([...images, ...keptTags].map(({ reference }) => reference));
  return destinations.filter((destination) => !told.has(destination));
}

/** Kaniko prints `Pushed …` when the registry has taken the manifest: what comes after it is its own end. */
function isAllPushed(log: ExecutorVerdict, destinations: readonly string[]): boolean {
  return destinations.length > 0 && log.unpushed === undefined && missing(log, destinations).length === 0;
}

function unconfirmedNotice(
  destinations: readonly string[],
  built: string | undefined,
): Settlement['notices'][number] {
  const image = built === undefined ? 'the image' : `the image ${built}`;
  return {
    code: 'push-unconfirmed',
    message: `The executor ended without an error, but what there is of its log does not confirm that it pushed ${image} to ${destinations.join(', ')}.`,
    hint: 'Ask the registry for it. The log confirms pushes at the level "info" (--verbosity=info in `executorArgs`); a part of it that was lost can not.',
  };
}

function keptNotices({ keptTags }: ExecutorVerdict): Settlement['notices'] {
  return keptTags.map(({ reference, digest }) => ({
    code: 'push-tag-kept',
    message: `The registry does not let the tag ${reference} be overwritten: it names the image that it named before, and not ${digest}.`,
    hint: 'This is what --push-ignore-immutable-tag-errors is for. Push another tag to keep the new image.',
  }));
}

/** What the executor says of an archive that is not the one that was packed. */
const damagedCodes: ReadonlySet<string> = new Set(['dockerfile-missing', 'context-archive-invalid']);

function failureOf(pod: PodResult, log: ExecutorVerdict, isContextSealed: boolean): BuildFailure {
  // The kernel takes a command, not the executor, where it can: the log knows which one it was.
  if (pod.cause === 'oom-killed' && log.failure !== undefined && ofCommand.has(log.failure.code))
    return withLimit(killedForMemory(log.failure), pod);
  const ofPod = failureOfPod(pod, log.failure?.step);
  // What the executor says of itself is closer to the cause than "the pod ended", except where the cluster ended it.
  if (ofPod !== undefined) return { ...ofPod, lines: log.failure?.lines ?? [] };
  if (isContextSealed && log.failure !== undefined && damagedCodes.has(log.failure.code)) {
    return incomplete(log.failure);
  }
  if (log.failure?.code === 'executor-killed') return killedFromOutside(log.failure);
  if (log.failure !== undefined) return withLimit(log.failure, pod);
  return {
    code: 'executor-failed',
    message: `The executor ended with exit code ${pod.exitCode ?? 'unknown'} and its log does not say why.`,
    hint: 'Look at the full log, or build again with --verbosity=debug in `executorArgs`.',
    step: undefined,
    lines: [],
    isRetryable: false,
  };
}

function killedForMemory(failure: BuildFailure): BuildFailure {
  if (failure.code === 'run-killed') return failure;
  const message = `${failure.message} The cluster says that a process of its container was killed for its memory.`;
  return { ...failure, code: 'run-killed', message };
}

/** The executor lived on and told of them. */
const ofCommand: ReadonlySet<string> = new Set(['run-failed', 'run-killed']);

/** Failures that more memory would have prevented, most likely. */
const memoryCodes: ReadonlySet<string> = new Set(['run-killed', 'executor-out-of-memory']);

/** Signals that have other reasons. */
const otherSignal = / was ended by a signal \((?!killed)[^()]*\)\.$/;

/** The executor knows nothing of the limit of its container; the pod does. */
function withLimit(failure: BuildFailure, { cause, limits }: PodResult): BuildFailure {
  if (!memoryCodes.has(failure.code) || otherSignal.test(failure.message)) return failure;
  const advice = memoryAdvice(limits, failure.step);
  if (advice === undefined) return failure;
  // Only the cluster could be sure: whoever may end a process can kill it.
  if (failure.code !== 'run-killed' || cause === 'oom-killed') return { ...failure, hint: advice };
  const hint = `Most likely its memory was not enough. ${advice} The cluster does not say that it was memory: look for what kills processes in the command, too.`;
  return { ...failure, hint };
}

/** The exit code alone makes memory the likely reason; the cluster would have said so (`OOMKilled`). */
function killedFromOutside(failure: BuildFailure): BuildFailure {
  return {
    ...failure,
    message:
      'The executor was killed (SIGKILL) on its node, and the cluster does not say that its container ran out of memory.',
    hint: 'Build again. If it repeats, look at what kills processes there: the memory of the whole node (its kernel log says so; ask for what the build needs with `pod.limits.memory`), a container runtime that starts anew, people.',
    isRetryable: true,
  };
}

function incomplete(failure: BuildFailure): BuildFailure {
  return {
    ...failure,
    code: 'context-incomplete',
    message:
      'The executor did not get the context that was sent: a part of it is missing or damaged, or another archive came in its place.',
    hint: 'Nothing was built. Build again; if it persists, look at what lies between the executor and the bucket (proxies, quotas).',
    isRetryable: true,
  };
}
