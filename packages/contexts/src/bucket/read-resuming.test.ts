import { expect, test } from 'vitest';
import { readResuming } from './read-resuming.ts';

const bytes = Buffer.from('0123456789abcdefghij');

/** Gives so many bytes at each attempt, and then breaks or ends. */
function breakingAfter(
  counts: readonly number[],
  isError: boolean,
): (offset: number) => Promise<AsyncIterable<Buffer>> {
  let attempt = 0;
  // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
  return async (offset) => {
    const count = counts[attempt] ?? bytes.length;
    attempt += 1;
    return (async function* () {
      yield bytes.subarray(offset, offset + count);
      if (offset + count < bytes.length && isError) throw new Error(`broken at ${offset + count}`);
    })();
  };
}

const read = async (counts: readonly number[], isError: boolean): Promise<string> => {
  const pieces = readResuming(breakingAfter(counts, isError), bytes.length, new AbortController().signal);
  return Buffer.concat(await Array.fromAsync(pieces)).toString();
};

test.each([
  ['whole at once', [20]],
  ['in two', [7, 13]],
  ['in many, each of which moves', [1, 1, 1, 1, 1, 1, 1, 1]],
  ['with attempts that give nothing', [5, 0, 0, 0, 15]],
])('%s', async (_what, counts) => {
  expect(await read(counts, true)).toBe(bytes.toString());
  expect(await read(counts, false)).toBe(bytes.toString());
});

test('one that does not move any more is given up with its error', async () => {
  await expect(read([5, 0, 0, 0, 0, 0, 0], true)).rejects.toThrow('broken at 5');
  await expect(read([5, 0, 0, 0, 0, 0, 0], false)).rejects.toThrow('ended early');
});

test('more than there is is an error, too', async () => {
  const { signal } = new AbortController();
  // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
  const reading = readResuming(
    async () =>
      (async function* () {
        yield bytes;
      })(),
    5,
    signal,
  );
  await expect(Array.fromAsync(reading)).rejects.toThrow('more than 5 bytes');
});
