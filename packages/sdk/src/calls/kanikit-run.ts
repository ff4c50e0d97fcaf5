import type { RunResult } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';

export interface CancelOptions {
  /** Id of the build to stop. @default all of the run */
  readonly build?: string | undefined;
  /** For people. @default `cancelled by the user` */
  readonly reason?: string | undefined;
}

/** Builds started together. Leaving an `await using` block cancels what still runs. */
export interface KanikitRun extends AsyncDisposable {
  readonly id: string;
  /** Typed events, from the first on when iterated in the same turn or soon after. A reader that stops early should `break`. */
  readonly events: AsyncIterable<KanikitEvent>;
  /** Resolves when all builds ended and what they created is gone. Does not reject for a build that failed. */
  readonly result: Promise<RunResult>;
  /**
   * Stops the run, or one build of it by id.
   *
   * @throws KanikitError `options-invalid`
   */
  cancel(options?: CancelOptions): void;
  /** What exists now in cluster and bucket because of this run, for people. */
  created(): readonly string[];
}
