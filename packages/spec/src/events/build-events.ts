import type { BuildFailure, BuildOutcome } from '../failure.ts';
import type { OutlineStage } from '../outline.ts';
import type { ExecutorEvent } from './executor-events.ts';

/** Where the build stands as a whole, in this order; any of them may be skipped. */
export type BuildPhase = 'queued' | 'preflight' | 'context' | 'pod' | 'executor' | 'settling' | 'ended';

/** The build has entered a phase. */
export interface BuildPhaseEvent {
  readonly type: 'build-phase';
  readonly phase: BuildPhase;
}

/** What the build waits for, and why, live; `reason` of undefined ends the waiting. */
export interface BuildWaitEvent {
  readonly type: 'build-wait';
  /** E.g. `concurrency`, `Unschedulable`, `ImagePullBackOff`, `quota`. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly hint: string | undefined;
}

/** The map of the Dockerfile, as soon as it is known. */
export interface OutlineEvent {
  readonly type: 'outline';
  readonly stages: readonly OutlineStage[];
}

export interface ContextPackEvent {
  readonly type: 'context-pack';
  readonly files: number;
  /** Bytes of file content read so far. */
  readonly bytes: number;
  /** Bytes of archive written so far. */
  readonly archiveBytes: number;
  /** Files and bytes there are in all, where that is known. */
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
  /** Bytes in a second, smoothed; absent until it is known, and when done. */
  readonly bytesPerSecond?: number | undefined;
  /** Milliseconds until it is done, an estimate; absent where the total is not known. */
  readonly remainingMs?: number | undefined;
  readonly isDone: boolean;
}

export interface ContextUploadEvent {
  readonly type: 'context-upload';
  /** For people, without credentials. */
  readonly location: string;
  /** Bytes sent so far. */
  readonly bytes: number;
  /** Bytes that the store had already and that were not sent. */
  readonly reusedBytes?: number | undefined;
  /** Bytes of the whole archive, once known. */
  readonly totalBytes: number | undefined;
  /** Bytes in a second that are sent, smoothed; absent until it is known, and when done. */
  readonly bytesPerSecond?: number | undefined;
  /** Milliseconds until it is done, an estimate; absent where the total is not known. */
  readonly remainingMs?: number | undefined;
  readonly isDone: boolean;
  /** True when the store had all of it already. */
  readonly isReused: boolean;
  /** `sha256:…` once done. */
  readonly digest: string | undefined;
}

export interface PodCreateEvent {
  readonly type: 'pod-create';
  readonly namespace: string;
  readonly pod: string;
  readonly image: string;
}

export interface PodScheduleEvent {
  readonly type: 'pod-schedule';
  readonly node: string;
}

export interface PodPullEvent {
  readonly type: 'pod-pull';
  readonly image: string;
}

export interface PodStartEvent {
  readonly type: 'pod-start';
  readonly node: string | undefined;
}

export interface PodEndEvent {
  readonly type: 'pod-end';
  readonly cause: string;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
}

/** Something worth telling that does not end the build. */
export interface NoticeEvent {
  readonly type: 'notice';
  readonly level: 'info' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface CleanupEvent {
  readonly type: 'cleanup';
  /** What is removed or was removed, for people: `pod ns/name`, `context s3://…`. */
  readonly target: string;
  readonly outcome: 'started' | 'done' | 'failed';
  /** Why it failed and what stays behind. */
  readonly message: string | undefined;
}

/** Infrastructure ended an attempt; what it created in the cluster is gone, and a new pod follows after the delay. */
export interface BuildRetryEvent {
  readonly type: 'build-retry';
  /** The attempt that follows, from 2. */
  readonly attempt: number;
  /** Attempts there may be in all. */
  readonly attempts: number;
  /** Why the last one failed: `code` and `message` of its failure. */
  readonly code: string;
  readonly message: string;
  readonly delayMs: number;
  /** Full log of the attempt that failed, where one was kept. */
  readonly logFile: string | undefined;
}

export interface BuildEndEvent {
  readonly type: 'build-end';
  readonly outcome: BuildOutcome;
  /** Why it was cancelled, for people; absent for other outcomes. */
  readonly reason?: string | undefined;
  /** How many attempts were made; absent where none was. */
  readonly attempts?: number | undefined;
  /** `sha256:…` of the image. */
  readonly digest: string | undefined;
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
  readonly exitCode: number | undefined;
  readonly failure: BuildFailure | undefined;
  readonly durationMs: number;
  /** Full log of the last attempt on disk, where one was kept. */
  readonly logFile: string | undefined;
}

/** Everything that happens to one build. */
export type BuildEvent =
  | BuildPhaseEvent
  | BuildWaitEvent
  | OutlineEvent
  | ContextPackEvent
  | ContextUploadEvent
  | PodCreateEvent
  | PodScheduleEvent
  | PodPullEvent
  | PodStartEvent
  | PodEndEvent
  | NoticeEvent
  | CleanupEvent
  | BuildRetryEvent
  | BuildEndEvent
  | ExecutorEvent;
