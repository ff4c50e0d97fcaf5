/** Milliseconds. */
export interface DelayBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Exponential backoff with up to 50 % jitter: whole milliseconds before the next try after so many failures (counted from 1).
 */
export function growingDelay(failures: number, { firstMs, longestMs }: DelayBounds): number {
  const step = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return Math.round(step * (0.5 + Math.random() / 2));
}
