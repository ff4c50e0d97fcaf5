import type {
  BuildEndEvent,
  BuildEvent,
  BuildPhase,
  BuildRetryEvent,
  BuildWaitEvent,
  CleanupEvent,
  ContextPackEvent,
  ContextUploadEvent,
  NoticeEvent,
} from '@kanikit/spec';
import {
  type BuildState,
  noPosition,
  fewLimit,
  noticeLimit,
  type PackState,
  type PodState,
  type UploadState,
  type WaitState,
} from './build-state.ts';
import { measureSpeed } from './speed.ts';
import { endActivities, withTime } from './activities.ts';
import { appendLog } from './log-ring.ts';
import { reduceExecutor } from './reduce-executor.ts';

/** Folds one event into its build. */
export function reduceBuild(build: BuildState, event: BuildEvent, timeMs: number): BuildState {
  switch (event.type) {
    case 'build-phase':
      return enterPhase(build, event.phase, timeMs);
    case 'build-wait':
      return { ...build, waiting: waitingFor(build, event, timeMs) };
    case 'outline':
      return { ...build, outline: event.stages };
    case 'context-pack':
      return { ...build, packing: packingOf(build, event, timeMs) };
    case 'context-upload':
      return { ...build, upload: uploadOf(build, event, timeMs) };
    case 'pod-create': {
      const { namespace, pod: name, image } = event;
      const rest = { node: undefined, cause: undefined, exitCode: undefined, reason: undefined };
      return { ...build, pod: { namespace, name, image, status: 'created', ...rest } };
    }
    case 'pod-schedule':
      return withPod(build, { status: 'scheduled', node: event.node });
    case 'pod-pull':
      return withPod(build, { status: 'pulling' });
    case 'pod-start': {
      const node = event.node ?? build.pod?.node;
      return { ...withPod(build, { status: 'running', node }), waiting: undefined };
    }
    case 'pod-end': {
      const { cause, exitCode, reason } = event;
      const ended = endActivities(build, timeMs);
      return { ...withPod(ended, { status: 'ended', cause, exitCode, reason }), waiting: undefined };
    }
    case 'notice':
      return withNotice(build, event, timeMs);
    case 'cleanup':
      return withCleanup(build, event);
    case 'build-retry':
      return startOver(build, event, timeMs);
    case 'build-end':
      return endBuild(build, event, timeMs);
    default:
      return reduceExecutor(build, event, timeMs);
  }
}

function packingOf({ packing }: BuildState, event: ContextPackEvent, atMs: number): PackState {
  const { files, bytes, archiveBytes, isDone } = event;
  const { totalFiles = packing?.totalFiles, totalBytes = packing?.totalBytes } = event;
  const speed = measureSpeed(packing?.speed, bytes, atMs);
  const startedAtMs = packing?.startedAtMs ?? atMs;
  return { files, bytes, archiveBytes, totalFiles, totalBytes, isDone, speed, startedAtMs, atMs };
}

function uploadOf({ upload }: BuildState, event: ContextUploadEvent, atMs: number): UploadState {
  const { location, bytes, reusedBytes = 0, isDone, isReused, digest } = event;
  const { totalBytes = upload?.totalBytes } = event;
  const speed = measureSpeed(upload?.speed, bytes, atMs);
  const startedAtMs = upload?.startedAtMs ?? atMs;
  const amounts = { bytes, reusedBytes, totalBytes };
  return { location, ...amounts, isDone, isReused, digest, speed, startedAtMs, atMs };
}

/** The clock of a wait goes on while its reason stays. */
function waitingFor(
  { waiting }: BuildState,
  { reason, message, hint }: BuildWaitEvent,
  timeMs: number,
): WaitState | undefined {
  if (reason === undefined) return undefined;
  return { reason, message, hint, sinceMs: waiting?.reason === reason ? waiting.sinceMs : timeMs };
}

function enterPhase(build: BuildState, phase: BuildPhase, timeMs: number): BuildState {
  const spent = (build.phaseMs[build.phase] ?? 0) + Math.max(0, timeMs - build.phaseSinceMs);
  const isWaiting = phase === 'queued' || phase === 'preflight';
  return {
    ...build,
    phase,
    phaseSinceMs: timeMs,
    phaseMs: withTime(build.phaseMs, build.phase, spent),
    waiting: phase === build.phase ? build.waiting : undefined,
    startedAtMs: build.startedAtMs ?? (isWaiting || phase === 'ended' ? undefined : timeMs),
  };
}

function withPod(build: BuildState, change: Partial<PodState>): BuildState {
  return build.pod === undefined ? build : { ...build, pod: { ...build.pod, ...change } };
}

function withNotice(
  build: BuildState,
  { level, code, message, hint }: NoticeEvent,
  timeMs: number,
): BuildState {
  const notices = [...build.notices, { level, code, message, hint }].slice(-noticeLimit);
  const text = `${level === 'warning' ? 'warning: ' : ''}${message}`;
  const told = withWords(build, hint === undefined ? text : `${text}\nhint: ${hint}`, timeMs);
  return { ...told, notices, warningCount: build.warningCount + (level === 'warning' ? 1 : 0) };
}

/** What kanikit has to say about a build stands in its log, where it belongs in time. */
function withWords(build: BuildState, text: string, timeMs: number): BuildState {
  const place = { source: 'notice', timeMs, stage: undefined, step: undefined } as const;
  const log = text.split('\n').reduce((ring, line) => appendLog(ring, { text: line, ...place }), build.log);
  return { ...build, log };
}

function withCleanup(build: BuildState, { target, outcome, message }: CleanupEvent): BuildState {
  const others = build.cleanup.pending.filter((candidate) => candidate !== target);
  const known = build.cleanup.problems.filter((problem) => problem.target !== target);
  return {
    ...build,
    cleanup: {
      pending: outcome === 'started' ? [...others, target].slice(-fewLimit) : others,
      problems: outcome === 'failed' ? [...known, { target, message }].slice(-fewLimit) : known,
    },
  };
}

/** What the next attempt tells anew begins from nothing; what was said and sent stays. */
function startOver(build: BuildState, event: BuildRetryEvent, timeMs: number): BuildState {
  const { attempt, attempts, code, message, delayMs, logFile } = event;
  const retry = { attempt, attempts, code, message, delayMs, logFile, atMs: timeMs };
  const isStored = build.upload?.isDone === true;
  const why = `attempt ${attempt - 1} of ${attempts} failed (${code}): ${message}`;
  return {
    ...endActivities(withWords(build, why, timeMs), timeMs),
    waiting: {
      reason: 'retry',
      message: `tries again after ${code}: attempt ${attempt} of ${attempts}`,
      hint: undefined,
      sinceMs: timeMs,
    },
    retries: [...build.retries, retry].slice(-fewLimit),
    retryCount: build.retryCount + 1,
    position: noPosition,
    steps: [],
    cacheAnswers: [],
    layers: [],
    pushes: [],
    executor: undefined,
    pod: undefined,
    packing: isStored ? build.packing : undefined,
    upload: isStored ? build.upload : undefined,
  };
}

function endBuild(build: BuildState, event: BuildEndEvent, timeMs: number): BuildState {
  const { outcome, reason, digest, images, exitCode, failure, durationMs, logFile } = event;
  const ended = endActivities(enterPhase(build, 'ended', timeMs), timeMs);
  const lastOutcome = outcome === 'failed' ? 'failed' : 'done';
  const steps = ended.steps.map((step) =>
    step.outcome === 'running' ? { ...step, outcome: lastOutcome as 'failed' | 'done' } : step,
  );
  return {
    ...ended,
    steps,
    outcome,
    cancelReason: outcome === 'cancelled' ? reason : undefined,
    digest,
    images,
    exitCode,
    failure,
    durationMs,
    logFile,
    waiting: undefined,
    endedAtMs: timeMs,
  };
}
