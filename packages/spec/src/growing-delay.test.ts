import { expect, test } from 'vitest';
import { growingDelay } from './growing-delay.ts';

test('delays grow to their bound, with chance', () => {
  const bounds = { firstMs: 1_000, longestMs: 30_000 };
  for (const [failures, longest] of [
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [90, 30_000],
  ] as const) {
    const delay = growingDelay(failures, bounds);
    expect(delay).toBeGreaterThanOrEqual(longest / 2);
    expect(delay).toBeLessThanOrEqual(longest);
  }
});
