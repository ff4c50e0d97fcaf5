/** Handed to every function that waits. */
export interface RunContext {
  /** Aborted when the user cancels or the time is up; every wait ends promptly with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by the machine's clock, to compare with times that others wrote; tests inject their own. */
  readonly now: () => number;
  /** Told what the call waits for besides its own work, while it does: a server that does not answer, a policy that is down. `undefined` once it goes on. */
  readonly onWait?: ((wait: CallWait | undefined) => void) | undefined;
}

/** What a call waits for, for people. */
export interface CallWait {
  /** Code of the error that it waits to be over, e.g. `cluster-unreachable`. */
  readonly reason: string;
  readonly message: string;
  readonly hint?: string | undefined;
}
