import { steadyNow } from './steady-now.ts';

/** An estimate of how far a server's clock is ahead of this machine's. */
export interface ServerClock {
  /** Takes the `Date` header of an answer that has just come. */
  note(date: string | null | undefined): void;
  /** The server's time, in milliseconds since the epoch; this machine's before the first answer. */
  now(): number;
  /**
   * Milliseconds from this machine's clock to the server's; 0 before the first answer. Counted from a clock that nobody sets: a jump of this
   * machine's shows at once, not with the next answer.
   */
  offsetMs(): number;
}

/** Headers have whole seconds, cut off. */
const stepMs = 1_000;

/**
 * Makes a clock: each answer says in which second the server was, and what all of them allow is the estimate.
 *
 * @param steady milliseconds since the epoch by a clock that goes on evenly
 */
export function createServerClock(steady: () => number = steadyNow): ServerClock {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  const now = (): number => (Number.isFinite(least) ? Math.round(steady() + (least + most) / 2) : Date.now());
  return {
    note(date) {
      const offsetMs = Date.parse(date ?? '') - steady();
      if (Number.isNaN(offsetMs)) return;
      const isPossible = offsetMs <= most && offsetMs + stepMs >= least;
      // The server's clock was set: what was known before is void.
      least = isPossible ? Math.max(least, offsetMs) : offsetMs;
      most = isPossible ? Math.min(most, offsetMs + stepMs) : offsetMs + stepMs;
    },
    now,
    offsetMs: () => now() - Date.now(),
  };
}
