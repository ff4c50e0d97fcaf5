import { type DelayBounds, growingDelay } from '@kanikit/spec';
import { ApiError } from './api-error.ts';
import { wait } from './wait.ts';

const defaultBounds: DelayBounds = { firstMs: 200, longestMs: 30_000 };

/** A growing delay with jitter, so that many clients do not come back in step. */
export interface Backoff {
  next(error: unknown): number;
  reset(): void;
}

/** Makes a backoff, from 0.2 s to 30 s unless told otherwise; `Retry-After` of a 429 wins. */
export function createBackoff(bounds: DelayBounds = defaultBounds): Backoff {
  let failures = 0;
  return {
    next(error) {
      const asked = error instanceof ApiError ? error.status?.retryAfterMs : undefined;
      failures += 1;
      const delayMs = growingDelay(failures, bounds);
      return asked === undefined ? delayMs : Math.min(asked, defaultBounds.longestMs) + delayMs * 0.1;
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

/** How long a request is repeated: at least so often, and then for as long as patience lasts. */
export interface RetryBounds {
  readonly attempts: number;
  /** Milliseconds since the first try. @default 0 */
  readonly patienceMs?: number | undefined;
  /** Whether another try may help. @default on 429, 5xx and broken connections */
  readonly mayHeal?: ((error: unknown) => boolean) | undefined;
  /** Told of each try that failed, the last one too. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Pauses grow no longer than this while patience lasts. */
const longestPatientDelayMs = 2_000;

/** Repeats an idempotent request. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { attempts, patienceMs = 0, mayHeal = isTransient, onFailure, signal }: RetryBounds,
): Promise<T> {
  const backoff = createBackoff();
  const until = performance.now() + patienceMs;
  for (let left = attempts - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      onFailure?.(error);
      const isPatient = performance.now() < until;
      if ((left <= 0 && !isPatient) || signal.aborted || !mayHeal(error)) throw error;
      const delayMs = backoff.next(error);
      await wait(isPatient ? Math.min(delayMs, longestPatientDelayMs) : delayMs, signal);
    }
  }
}
