import { expect, it } from 'vitest';
import { doubledQuantity, parseQuantity } from './quantity.ts';

it.each([
  ['512Mi', 512 * 2 ** 20],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['250m', 0.25],
  ['1e3', 1000],
  ['2k', 2000],
  [4, 4],
  ['', undefined],
  ['many', undefined],
  ['1Qi', undefined],
  [undefined, undefined],
])('reads %s', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected);
});

it.each([
  ['1Gi', '2Gi'],
  ['500m', '1000m'],
  ['1.5G', '3G'],
  ['2', '4'],
  ['1e3', undefined],
])('doubles %s', (quantity, doubled) => {
  expect(doubledQuantity(quantity)).toBe(doubled);
});
