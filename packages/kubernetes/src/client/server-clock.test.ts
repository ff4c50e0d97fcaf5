import { expect, test } from 'vitest';
import { createServerClock } from './server-clock.ts';

const now = 1_800_000_000_400;
const headerAt = (serverMs: number): string => new Date(serverMs).toUTCString();

test('without an answer the clocks count as equal', () => {
  const clock = createServerClock();
  clock.note(undefined, now);
  clock.note('nonsense', now);
  expect(clock.offsetMs()).toBe(0);
});

test.each([0, 3_600_000, -7_300_250])(
  'answers over a while tell an offset of %i ms to within a tenth of a second',
  (offset) => {
    const clock = createServerClock();
    for (let ms = 0; ms < 3_000; ms += 70) clock.note(headerAt(now + ms + offset), now + ms);
    expect(Math.abs(clock.offsetMs() - offset)).toBeLessThan(100);
  },
);

test('a clock that is set is followed at once', () => {
  const clock = createServerClock();
  for (let ms = 0; ms < 3_000; ms += 70) clock.note(headerAt(now + ms), now + ms);
  clock.note(headerAt(now + 3_000 + 60_000), now + 3_000);
  expect(Math.abs(clock.offsetMs() - 60_000)).toBeLessThanOrEqual(1_000);
});
