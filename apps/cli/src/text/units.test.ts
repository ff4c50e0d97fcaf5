import { expect, test } from 'vitest';
import { formatBytes, formatClock, formatCount, formatDuration, plural } from './units.ts';

test.each([
  [formatDuration, -5, '0.0s'],
  [formatDuration, 9_949, '9.9s'],
  [formatDuration, 9_950, '10s'],
  [formatDuration, 59_499, '59s'],
  [formatDuration, 59_500, '1m00s'],
  [formatDuration, 3_599_600, '1h00m'],
  [formatDuration, 7_500_000, '2h05m'],
  [formatClock, 42_999, '0:42'],
  [formatClock, 3_725_000, '1:02:05'],
  [formatBytes, 0, '0 B'],
  [formatBytes, 999, '999 B'],
  [formatBytes, 1_234, '1.2 kB'],
  [formatBytes, 999_600, '1.0 MB'],
  [formatBytes, 34_400_000, '34 MB'],
  [formatBytes, 5e15, '5000 TB'],
  [formatCount, 999, '999'],
  [formatCount, 1_234_567, '1,234,567'],
])('%o(%d) is %s', (format, value, text) => {
  expect(format(value)).toBe(text);
});

test('words for one and many', () => {
  expect([plural(1, 'file'), plural(0, 'file'), plural(2, 'entry', 'entries')]).toEqual([
    '1 file',
    '0 files',
    '2 entries',
  ]);
});
