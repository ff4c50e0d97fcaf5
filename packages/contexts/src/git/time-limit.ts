/** A limit for several calls together. */
export interface TimeLimit {
  readonly ms: number;
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

export function startTimeLimit(ms: number): TimeLimit {
  return { ms, signal: AbortSignal.timeout(ms) };
}
