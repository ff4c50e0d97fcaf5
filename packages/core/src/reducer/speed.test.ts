import { expect, test } from 'vitest';
import { bytesPerSecond, measureSpeed, type Speed, startSpeed, timeLeftMs } from './speed.ts';

const mega = 1_000_000;

/** A speed after bytes that came at these times, in milliseconds. */
function speedOf(...steps: readonly (readonly [atMs: number, bytes: number])[]): Speed {
  return steps.reduce((speed, [atMs, bytes]) => measureSpeed(speed, bytes, atMs), startSpeed(0, 0));
}

test('a steady stream has its speed, from half a second on', () => {
  expect(bytesPerSecond(speedOf([400, 4 * mega]))).toBeUndefined();
  expect(bytesPerSecond(speedOf([500, 5 * mega]))).toBe(10 * mega);
  const steady = Array.from({ length: 100 }, (_value, index) => [index * 100, index * mega] as const);
  expect(bytesPerSecond(speedOf(...steady))).toBeCloseTo(10 * mega, 0);
  expect(timeLeftMs(speedOf(...steady), 20 * mega)).toBeCloseTo(2_000, 0);
});

test('a change is followed without a jump', () => {
  const steps: [number, number][] = Array.from({ length: 100 }, (_value, index) => [
    index * 100,
    index * mega,
  ]);
  let speed = speedOf(...steps);
  const rates: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    speed = measureSpeed(speed, speed.bytes + mega / 10, speed.atMs + 100);
    rates.push(bytesPerSecond(speed) ?? 0);
  }
  expect(rates[0]).toBeGreaterThan(9 * mega);
  expect(rates.every((rate, index) => index === 0 || rate < rates[index - 1]!)).toBe(true);
  expect(rates.at(-1)).toBeLessThan(1.5 * mega);
});

test.each<[what: string, speed: Speed]>([
  ['no time passes', speedOf([0, mega], [0, 2 * mega])],
  ['the clock goes back', speedOf([1_000, mega], [500, 2 * mega])],
  ['nothing comes', speedOf([60_000, 0])],
  ['bytes are sent again', speedOf([1_000, 5 * mega], [2_000, mega])],
  ['a day passes', speedOf([1_000, mega], [86_400_000, mega + 1])],
])('when %s, speed and time left are numbers that make sense, or none', (_what, speed) => {
  for (const value of [bytesPerSecond(speed), timeLeftMs(speed, mega), timeLeftMs(speed, -1)]) {
    expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
  }
  expect(timeLeftMs(speed, Number.NaN)).toBeUndefined();
});
