import { expect, test } from 'vitest';
import { createSpeedometer } from './transfer-speed.ts';

const mega = 1_000_000;

function measured(...steps: readonly [atMs: number, bytes: number, total: number | undefined][]) {
  let clock = 0;
  const measure = createSpeedometer(() => clock);
  return steps.map(([atMs, bytes, total]) => {
    clock = atMs;
    return measure(bytes, total);
  });
}

test('tells rate and time left once enough is known', () => {
  const [first, second] = measured([0, 0, 50 * mega], [1_000, 10 * mega, 50 * mega]);
  expect(first).toEqual({ bytesPerSecond: undefined, remainingMs: undefined });
  expect(second).toEqual({ bytesPerSecond: 10 * mega, remainingMs: 4_000 });
});

test('tells no time left where the total is not known, or is less than what is through', () => {
  for (const total of [undefined, 9 * mega]) {
    const [, last] = measured([0, 0, total], [1_000, 10 * mega, total]);
    expect(last).toEqual({ bytesPerSecond: 10 * mega, remainingMs: undefined });
  }
});

test('a transfer that stands still has no time left to tell', () => {
  const [, last] = measured([0, 0, 5 * mega], [1_000, 0, 5 * mega]);
  expect(last).toEqual({ bytesPerSecond: 0, remainingMs: undefined });
});

test('tells whole numbers', () => {
  const [, last] = measured([0, 0, mega], [777, 12_345, mega]);
  expect(Number.isInteger(last?.bytesPerSecond)).toBe(true);
  expect(Number.isInteger(last?.remainingMs)).toBe(true);
});
