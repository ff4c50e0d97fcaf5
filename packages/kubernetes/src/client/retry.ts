import { ApiError } from './api-error.ts';
import { wait } from './wait.ts';

const firstDelayMs = 200;
const longestDelayMs = 30_000;

/** A growing delay with jitter, so that many clients do not come back in step. */
export interface Backoff {
  next(error: unknown): number;
  reset(): void;
}

export interface BackoffBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Makes a backoff, from 0.2 s to 30 s unless told otherwise; `Retry-After` of a 429 wins. */
export function createBackoff(
  { firstMs, longestMs }: BackoffBounds = { firstMs: firstDelayMs, longestMs: longestDelayMs },
): Backoff {
  let failures = 0;
  return {
    next(error) {
      const asked = error instanceof ApiError ? error.status?.retryAfterMs : undefined;
      const step = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
      failures += 1;
      const jittered = step * (0.5 + Math.random() / 2);
      return asked === undefined ? jittered : Math.min(asked, longestDelayMs) + jittered * 0.1;
    },
    reset() {
      failures = 0;
    },
  };
}

/** Whether the same request may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && error.retryable;
}

/** Repeats an idempotent request a few times on 429, 5xx and broken connections. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: { readonly attempts: number; readonly signal: AbortSignal },
): Promise<T> {
  const backoff = createBackoff();
  for (let left = options.attempts - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 0 || options.signal.aborted || !isTransient(error)) throw error;
      await wait(backoff.next(error), options.signal);
    }
  }
}
