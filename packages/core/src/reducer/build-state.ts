import type {
  AnnouncedBuild,
  BuildFailure,
  BuildOutcome,
  BuildPhase,
  ExecutorDistribution,
  ExecutorPhase,
  OutlineStage,
} from '@kanikit/spec';
import type { CacheAnswer } from './cache-answer.ts';
import { emptyLog, type LogRing } from './log-ring.ts';
import type { Speed } from './speed.ts';

/** One build as it stands. All text that comes from logs, pods or programs is untrusted. Times are milliseconds since the epoch. */
export interface BuildState {
  readonly id: string;
  readonly name: string;
  readonly context: string;
  readonly destinations: readonly string[];
  readonly platform: string | undefined;

  readonly phase: BuildPhase;
  readonly phaseSinceMs: number;
  /** When the build first left the queue. */
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly outcome: BuildOutcome | undefined;
  /** Why it was cancelled, where that is known. */
  readonly cancelReason: string | undefined;
  /** What it waits for right now. */
  readonly waiting: WaitState | undefined;

  /** The Dockerfile's map; undefined where the client has not read it. */
  readonly outline: readonly OutlineStage[] | undefined;
  readonly executor:
    | {
        readonly distribution: ExecutorDistribution | undefined;
        readonly version: string | undefined;
        readonly logFormat: string;
      }
    | undefined;
  readonly position: Position;
  /** What the executor is busy with: the phase that began last and has not ended. */
  readonly activity: ActivityState | undefined;
  /** All phases of the executor that have begun and not ended, oldest first; at most one of a kind. */
  readonly activities: readonly ActivityState[];
  /** Steps that have begun (also those that come from the cache), in the log's order. */
  readonly steps: readonly StepState[];
  /** What the cache said of steps that have not begun. */
  readonly cacheAnswers: readonly CacheAnswer[];

  readonly packing: PackState | undefined;
  readonly upload: UploadState | undefined;
  readonly pod: PodState | undefined;
  readonly layers: readonly LayerState[];
  readonly pushes: readonly PushState[];

  readonly digest: string | undefined;
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
  readonly exitCode: number | undefined;
  readonly failure: BuildFailure | undefined;
  readonly logFile: string | undefined;
  /** Notices, oldest first; at most `noticeLimit`. */
  readonly notices: readonly NoticeState[];
  /** All notices of level warning, also those no longer kept. */
  readonly warningCount: number;
  /** How often the executor or kanikit tried something again. */
  readonly retryCount: number;
  /** Attempts that infrastructure ended and that were followed by another, oldest first. */
  readonly retries: readonly RetryState[];
  readonly cleanup: CleanupState;

  /** Time spent per phase of the build, closed phases only. */
  readonly phaseMs: Readonly<Partial<Record<BuildPhase, number>>>;
  /** Time spent per phase of the executor, closed phases only. */
  readonly activityMs: Readonly<Partial<Record<ExecutorPhase, number>>>;
  readonly outputLines: number;
  readonly log: LogRing;
}

/** Notices kept per build. */
export const noticeLimit = 100;

/**
 * Other things of which a build has few: kinds of phases, attempts, pushes, what is cleaned up. A recording may have any number of them, and each event
 * copies the list.
 */
export const fewLimit = 200;

export interface RetryState {
  /** The attempt that follows, from 2, of how many there may be. */
  readonly attempt: number;
  readonly attempts: number;
  /** Why the one before failed. */
  readonly code: string;
  readonly message: string;
  readonly delayMs: number;
  readonly logFile: string | undefined;
  readonly atMs: number;
}

export interface WaitState {
  readonly reason: string;
  readonly message: string | undefined;
  readonly hint: string | undefined;
  readonly sinceMs: number;
}

/** Where in the Dockerfile the executor is, counted from 1. Totals are undefined without an outline. */
export interface Position {
  /** 0-based index of the stage in the Dockerfile. */
  readonly stage: number | undefined;
  readonly stageName: string | undefined;
  readonly base: string | undefined;
  /** i of n: among the stages the target needs. */
  readonly stageNumber: number | undefined;
  readonly stageTotal: number | undefined;
  /** 0-based index of the step in its stage. */
  readonly step: number | undefined;
  readonly instruction: string | undefined;
  /** Among the steps of the stage. */
  readonly stepNumber: number | undefined;
  readonly stepTotal: number | undefined;
  /** j of m: among the steps of all needed stages. */
  readonly overallNumber: number | undefined;
  readonly overallTotal: number | undefined;
}

export interface ActivityState {
  readonly phase: ExecutorPhase;
  readonly detail: string | undefined;
  readonly sinceMs: number;
}

export interface StepState {
  readonly stage: number;
  readonly step: number;
  readonly instruction: string;
  readonly cache: 'hit' | 'miss' | undefined;
  readonly outcome: 'running' | 'done' | 'cached' | 'failed';
  readonly startedAtMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly outputLines: number;
}

export interface PackState {
  readonly files: number;
  /** Bytes of file content read. */
  readonly bytes: number;
  readonly archiveBytes: number;
  /** Files and bytes there are in all, where that is known. */
  readonly totalFiles: number | undefined;
  readonly totalBytes: number | undefined;
  readonly isDone: boolean;
  /** Of `bytes`. */
  readonly speed: Speed;
  readonly startedAtMs: number;
  readonly atMs: number;
}

export interface UploadState {
  readonly location: string;
  /** Bytes sent. */
  readonly bytes: number;
  /** Bytes that the store had already. */
  readonly reusedBytes: number;
  /** Bytes of the whole archive, once known. */
  readonly totalBytes: number | undefined;
  readonly isDone: boolean;
  readonly isReused: boolean;
  readonly digest: string | undefined;
  /** Of `bytes`. */
  readonly speed: Speed;
  readonly startedAtMs: number;
  readonly atMs: number;
}

export interface PodState {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly node: string | undefined;
  readonly status: 'created' | 'scheduled' | 'pulling' | 'running' | 'ended';
  readonly cause: string | undefined;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
}

export interface LayerState {
  readonly layer: string;
  readonly direction: 'pull' | 'push' | 'cache-pull' | 'cache-push';
  readonly reference: string;
  readonly bytes: number;
  readonly sizeBytes: number | undefined;
  readonly outcome: 'running' | 'done' | 'failed' | 'skipped';
}

export interface PushState {
  readonly reference: string;
  readonly digest: string | undefined;
  readonly isImmutableIgnored: boolean;
}

export interface NoticeState {
  readonly level: 'info' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface CleanupState {
  /** Being removed now. */
  readonly pending: readonly string[];
  /** What stays behind, and why. */
  readonly problems: readonly { readonly target: string; readonly message: string | undefined }[];
}

export const noPosition: Position = {
  stage: undefined,
  stageName: undefined,
  base: undefined,
  stageNumber: undefined,
  stageTotal: undefined,
  step: undefined,
  instruction: undefined,
  stepNumber: undefined,
  stepTotal: undefined,
  overallNumber: undefined,
  overallTotal: undefined,
};

/** A build that has been announced and nothing more. */
export function announcedBuild(build: AnnouncedBuild, timeMs: number): BuildState {
  return {
    ...build,
    phase: 'queued',
    phaseSinceMs: timeMs,
    startedAtMs: undefined,
    endedAtMs: undefined,
    durationMs: undefined,
    outcome: undefined,
    cancelReason: undefined,
    waiting: undefined,
    outline: undefined,
    executor: undefined,
    position: noPosition,
    activity: undefined,
    activities: [],
    steps: [],
    cacheAnswers: [],
    packing: undefined,
    upload: undefined,
    pod: undefined,
    layers: [],
    pushes: [],
    digest: undefined,
    images: [],
    exitCode: undefined,
    failure: undefined,
    logFile: undefined,
    notices: [],
    warningCount: 0,
    retryCount: 0,
    retries: [],
    cleanup: { pending: [], problems: [] },
    phaseMs: {},
    activityMs: {},
    outputLines: 0,
    log: emptyLog,
  };
}
