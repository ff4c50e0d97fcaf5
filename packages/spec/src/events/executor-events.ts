import type { ExecutorDistribution } from '../request.ts';

/**
 * What the executor is busy with. `context` reads the build context, `resolve` asks registries for manifests, `pull` downloads an image whole,
 * `unpack` downloads and extracts a base image, `cache-lookup` asks for cached layers, `cache-extract` fetches one, `run` runs a command, `copy` carries out
 * any other instruction, `snapshot` looks for changed files, `save` keeps files for later stages, `clean` empties the file system, `push` uploads the image.
 */
export type ExecutorPhase =
  | 'context'
  | 'resolve'
  | 'pull'
  | 'unpack'
  | 'cache-lookup'
  | 'cache-extract'
  | 'run'
  | 'copy'
  | 'snapshot'
  | 'save'
  | 'clean'
  | 'push';

/** Where in the Dockerfile something happens; absent outside of stages and steps. */
interface Position {
  /** 0-based stage index. */
  readonly stage?: number | undefined;
  /** 0-based step index in the stage. */
  readonly step?: number | undefined;
}

export interface ExecutorDetectEvent {
  readonly type: 'executor-detect';
  readonly distribution: ExecutorDistribution | undefined;
  /** `1.24.0`, as far as the log proves it. */
  readonly version: string | undefined;
  readonly logFormat: 'text' | 'color' | 'json';
}

export interface StageStartEvent {
  readonly type: 'stage-start';
  readonly stage: number;
  readonly name: string | undefined;
  readonly base: string;
}

export interface StageEndEvent {
  readonly type: 'stage-end';
  readonly stage: number;
}

export interface StepStartEvent {
  readonly type: 'step-start';
  readonly stage: number;
  readonly step: number;
  /** As the log prints it. */
  readonly instruction: string;
  /** Set where the step began before: what looked like its end was printed by its own program. */
  readonly isResumed?: true;
}

/** The answer of the layer cache for a step; may come before the step starts. */
export interface StepCacheEvent {
  readonly type: 'step-cache';
  readonly stage: number;
  /** Undefined while the step it belongs to is not known. */
  readonly step: number | undefined;
  readonly instruction: string;
  readonly result: 'hit' | 'miss';
}

export interface StepEndEvent {
  readonly type: 'step-end';
  readonly stage: number;
  readonly step: number;
  readonly outcome: 'done' | 'cached' | 'failed';
}

export interface PhaseStartEvent extends Position {
  readonly type: 'phase-start';
  readonly phase: ExecutorPhase;
  /** What it works on: an image, a command, a cache key, a file. Untrusted text. */
  readonly detail: string | undefined;
}

export interface PhaseEndEvent extends Position {
  readonly type: 'phase-end';
  readonly phase: ExecutorPhase;
}

/** A line a program of the build printed (without its newline). Untrusted text. */
export interface OutputEvent extends Position {
  readonly type: 'output';
  readonly text: string;
}

/** A line of the executor itself. */
export interface LogEvent extends Position {
  readonly type: 'log';
  readonly level: 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'fatal' | 'panic';
  readonly message: string;
  /** False for a line in the executor's own format that the decoder does not know. */
  readonly isRecognized: boolean;
}

/**
 * A layer on its way. Kaniko's log has no sizes; the fields are filled where another source knows them (executor plan, registry, node statistics).
 */
export interface LayerStartEvent {
  readonly type: 'layer-start';
  /** Digest, cache key or position. */
  readonly layer: string;
  readonly direction: 'pull' | 'push' | 'cache-pull' | 'cache-push';
  /** Repository or reference. */
  readonly reference: string;
  readonly sizeBytes: number | undefined;
}

export interface LayerProgressEvent {
  readonly type: 'layer-progress';
  readonly layer: string;
  readonly bytes: number;
  readonly sizeBytes: number | undefined;
}

export interface LayerEndEvent {
  readonly type: 'layer-end';
  readonly layer: string;
  readonly outcome: 'done' | 'failed' | 'skipped';
  readonly sizeBytes: number | undefined;
}

export interface PushStartEvent {
  readonly type: 'push-start';
  /** Destination as given. */
  readonly reference: string;
}

export interface PushEndEvent {
  readonly type: 'push-end';
  /** Destination as given, else the repository as the log expands it. */
  readonly reference: string;
  /** `sha256:…` */
  readonly digest: string;
  /** True when the registry refused because the tag is immutable and that was allowed. */
  readonly isImmutableIgnored: boolean;
}

/** The executor tries something again by itself. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly reason: string;
  readonly delayMs: number;
}

/** What the decoder makes of the executor's log. */
export type ExecutorEvent =
  | ExecutorDetectEvent
  | StageStartEvent
  | StageEndEvent
  | StepStartEvent
  | StepCacheEvent
  | StepEndEvent
  | PhaseStartEvent
  | PhaseEndEvent
  | OutputEvent
  | LogEvent
  | LayerStartEvent
  | LayerProgressEvent
  | LayerEndEvent
  | PushStartEvent
  | PushEndEvent
  | RetryEvent;
