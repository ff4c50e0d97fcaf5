/** Handed to every function that waits. */
export interface RunContext {
  /** Aborted when the user cancels or the time is up; every wait ends promptly with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by the machine's clock, to compare with times that others wrote; tests inject their own. */
  readonly now: () => number;
}
