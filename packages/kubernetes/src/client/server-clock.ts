/** An estimate of how far a server's clock is ahead of the one that `note` is given. */
export interface ServerClock {
  /** Takes the `Date` header of an answer that has just come. */
  note(date: string | undefined, nowMs: number): void;
  /** Milliseconds; 0 before the first answer. */
  offsetMs(): number;
}

/** Headers have whole seconds, cut off. */
const stepMs = 1_000;

/** Makes a clock: each answer says in which second the server was, and what all of them allow is the estimate. */
export function createServerClock(): ServerClock {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  return {
    note(date, nowMs) {
      const offsetMs = date === undefined ? Number.NaN : Date.parse(date) - nowMs;
      if (Number.isNaN(offsetMs)) return;
      const isPossible = offsetMs <= most && offsetMs + stepMs >= least;
      // One of the clocks was set: what was known before is void.
      least = isPossible ? Math.max(least, offsetMs) : offsetMs;
      most = isPossible ? Math.min(most, offsetMs + stepMs) : offsetMs + stepMs;
    },
    offsetMs: () => (Number.isFinite(least) ? (least + most) / 2 : 0),
  };
}
