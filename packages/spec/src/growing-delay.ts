/** Milliseconds. */
export interface DelayBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Whole milliseconds to wait before the next try: doubled with every failure (counted from 1) up to the bound, of which chance takes up to half, so
 * that many who failed together do not come back at once.
 */
export function growingDelay(failures: number, { firstMs, longestMs }: DelayBounds): number {
  const step = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return Math.round(step * (0.5 + Math.random() / 2));
}
