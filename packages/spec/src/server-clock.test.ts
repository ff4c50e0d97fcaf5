import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createServerClock } from './server-clock.ts';

const start = 1_800_000_000_400;
let steadyMs: number;
const steady = (): number => steadyMs;
const headerAt = (serverMs: number): string => new Date(serverMs).toUTCString();

beforeEach(() => {
  steadyMs = start;
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterEach(() => void vi.useRealTimers());

/** Both clocks of this machine go on. */
function pass(ms: number): void {
  steadyMs += ms;
  vi.setSystemTime(Date.now() + ms);
}

test('without an answer the clocks count as equal', () => {
  const clock = createServerClock(steady);
  clock.note(undefined);
  clock.note(null);
  clock.note('nonsense');
  expect([clock.offsetMs(), clock.now()]).toEqual([0, start]);
});

test.each([0, 3_600_000, -7_300_250])(
  'answers over a while tell an offset of %i ms to within a tenth of a second',
  (offset) => {
    const clock = createServerClock(steady);
    for (let ms = 0; ms < 3_000; ms += 70) {
      clock.note(headerAt(Date.now() + offset));
      pass(70);
    }
    expect(Math.abs(clock.offsetMs() - offset)).toBeLessThan(100);
  },
);

test('a clock of a server that is set is followed at once', () => {
  const clock = createServerClock(steady);
  for (let ms = 0; ms < 3_000; ms += 70) {
    clock.note(headerAt(Date.now()));
    pass(70);
  }
  clock.note(headerAt(Date.now() + 60_000));
  expect(Math.abs(clock.offsetMs() - 60_000)).toBeLessThanOrEqual(1_000);
});

test("a jump of this machine's clock shows without another answer", () => {
  const clock = createServerClock(steady);
  clock.note(headerAt(Date.now()));
  vi.setSystemTime(Date.now() - 86_400_000);
  expect(Math.abs(clock.offsetMs() - 86_400_000)).toBeLessThanOrEqual(1_000);
});
