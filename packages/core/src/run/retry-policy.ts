import { type BuildFailure, growingDelay } from '@kanikit/spec';
import type { DeliveryMemory } from '../delivery/delivery-memory.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';

/** Tries after the first one, where nobody says otherwise. */
export const defaultRetries = 2;

/** What broke is given some seconds; a node that went away or a registry that starts anew needs no more to be gone around. */
const usualDelays = { firstMs: 2_000, longestMs: 60_000 };

/** A registry that counts requests counts the next one, too: it is asked less soon. */
const rateLimitDelays = { firstMs: 30_000, longestMs: 120_000 };

/** Less time than this is not worth a pod. */
const shortestAttemptMs = 30_000;

/** Whether a build is tried again: after how long, or why not (undefined where that needs no word). */
export type RetryDecision = { readonly delayMs: number } | { readonly why: string | undefined };

export interface RetryBasis {
  /** Attempts made, from 1. */
  readonly attempt: number;
  readonly attempts: number;
  /** Time the build may still spend in pods. */
  readonly remainingMs: number;
  readonly timeoutMs: number;
  readonly memory: DeliveryMemory;
  /** Replaces the first of the usual delays, in milliseconds. */
  readonly firstDelayMs: number | undefined;
}

/** Infrastructure failures only, while attempts and time are left and the context can be delivered again. */
export function decideRetry(
  build: Pick<PreparedBuild, 'context' | 'delivery'>,
  failure: BuildFailure | undefined,
  state: RetryBasis,
): RetryDecision {
  const { attempt, attempts, remainingMs, timeoutMs, memory, firstDelayMs } = state;
  // A context that changed is another build, even where the next attempt would find it quiet.
  if (failure === undefined || !failure.isRetryable || failure.code === 'context-changed') {
    return { why: undefined };
  }
  if (attempt >= attempts) return { why: undefined };
  if (remainingMs < Math.min(shortestAttemptMs, timeoutMs / 4)) {
    return { why: 'the time the build may take is nearly over' };
  }
  const { context } = build;
  const isGone = context.kind === 'archive' && context.isReadOnce === true && !memory.isStored;
  if (isGone) return { why: 'the context came on standard input, and can not be read a second time' };
  const bounds = failure.code.endsWith('-rate-limited') ? rateLimitDelays : usualDelays;
  return {
    delayMs: growingDelay(
      attempt,
      firstDelayMs === undefined ? bounds : { ...bounds, firstMs: firstDelayMs },
    ),
  };
}
