/** Handed to every function that waits. */
export interface RunContext {
  /** Aborted when the user cancels or the time is up; every wait ends promptly with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; tests inject their own clock. */
  readonly now: () => number;
}
