import type { KanikitErrorCode, PluginErrorCode } from './error-codes.ts';

/** A step of a build: an instruction of a stage. */
export interface StepPosition {
  /** 0-based index of the stage in the Dockerfile. */
  readonly stage: number;
  /** 0-based position of the instruction in its stage, `FROM` not counted. */
  readonly index: number;
  /** The instruction as the log prints it, e.g. `RUN make`. */
  readonly instruction: string;
}

/** Why a build failed. */
export interface BuildFailure {
  /** kebab-case entry of the failure catalogue (`docs/failures.md`), or the `code` of a KanikitError. */
  readonly code: KanikitErrorCode | PluginErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
  /** The step to blame; undefined where no step is. */
  readonly step: StepPosition | undefined;
  /** The few lines of output that matter, oldest first; untrusted text. */
  readonly lines: readonly string[];
  /** True for infrastructure failures; a failing `RUN` never is. */
  readonly isRetryable: boolean;
}

/** `detached`: the build goes on in the cluster, and nobody here waits for it any longer. */
export type BuildOutcome = 'succeeded' | 'failed' | 'cancelled' | 'detached';
