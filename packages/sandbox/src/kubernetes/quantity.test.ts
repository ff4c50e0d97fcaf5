import { expect, test } from 'vitest';
import { formatQuantity } from './quantity.ts';

test.each([
  ['0.5', '500m'],
  ['.25', '250m'],
  ['2.0', '2'],
  ['0.0001', '1m'],
  ['1', '1'],
  ['1.5Gi', '1.5Gi'],
  ['many', 'many'],
])('prints %s as %s', (text, printed) => {
  expect(formatQuantity(text)).toBe(printed);
});
