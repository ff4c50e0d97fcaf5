import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { combineCrc } from './combine-crc.ts';
import { createArchiveSum, sumOf } from './tar-sum.ts';

test.each([0, 1, 2, 3, 255, 512, 65_537, 1_000_003])(
  'checksums are put together as if %i bytes followed the first piece',
  (length) => {
    const [first, second] = [noise(1000, 1), noise(length, 2)];
    expect(combineCrc(crc32(first), crc32(second), length)).toBe(crc32(Buffer.concat([first, second])));
    expect(combineCrc(0, crc32(second), length)).toBe(crc32(second));
  },
);

test('a piece far behind: more bytes than 32 bits count', () => {
  const piece = Buffer.from('piece');
  const zeros = Buffer.alloc(2 ** 24);
  let crc = crc32(piece);
  for (let count = 0; count < 2 ** 9; count += 1) crc = crc32(zeros, crc);
  expect(combineCrc(crc32(piece), combineZeros(2 ** 33), 2 ** 33)).toBe(crc);
});

/** CRC-32 of so many zero bytes, a power of two. */
function combineZeros(bytes: number): number {
  if (bytes === 1) return crc32(Buffer.alloc(1));
  const half = combineZeros(bytes / 2);
  return combineCrc(half, half, bytes / 2);
}

test('the sum of an archive is that of its units, and a copy goes its own way', () => {
  const pieces = [noise(10, 1), noise(2000, 2), noise(0, 3), noise(77, 4)];
  const sum = createArchiveSum();
  for (const piece of pieces) sum.add(sumOf(piece));
  const whole = Buffer.concat(pieces);
  expect([sum.crc, sum.sizeBytes]).toEqual([crc32(whole), whole.length]);
  const digest = sum.digest();
  sum.copy().add(sumOf(noise(5)));
  expect(sum.digest()).toEqual(digest);
  expect(sum.digest()).not.toEqual(createArchiveSum().digest());
});
