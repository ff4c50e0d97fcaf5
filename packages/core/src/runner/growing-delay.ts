export interface DelayBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** A delay that doubles with every failure, up to its bound, and differs by chance, so that many do not come back at once. */
export function growingDelay(failures: number, { firstMs, longestMs }: DelayBounds): number {
  const step = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 20));
  return Math.round(step * (0.5 + Math.random() / 2));
}
