import { expect, test } from 'vitest';
import { collectChunks } from './collect-chunks.ts';

async function* piecesOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ % 251);
}

test.each<[sizes: readonly number[], chunks: readonly number[]]>([
  [[], [0]],
  [[0, 0], [0]],
  [[3], [3]],
  [[10], [10]],
  [[11], [10, 1]],
  [
    [4, 4, 4, 4, 4],
    [10, 10],
  ],
  [[35], [10, 10, 10, 5]],
  [
    [1, 0, 25, 4],
    [10, 10, 10],
  ],
])('pieces of %j bytes are chunks of %j, the last of which is known', async (sizes, expected) => {
  const { signal } = new AbortController();
  const chunks = await Array.fromAsync(collectChunks(piecesOf(...sizes), 10, signal));
  expect(chunks.map(({ bytes }) => bytes.length)).toEqual(expected);
  expect(chunks.map(({ isLast }) => isLast)).toEqual(
    expected.map((_size, index) => index === expected.length - 1),
  );
  const whole = Buffer.concat(await Array.fromAsync(piecesOf(...sizes)));
  expect(Buffer.concat(chunks.map(({ bytes }) => bytes)).equals(whole)).toBe(true);
});

test('there is no last chunk of a stream that breaks', async () => {
  const reason = new Error('a file changed');
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(15);
    throw reason;
  };
  const seen: boolean[] = [];
  const reading = (async () => {
    for await (const { isLast } of collectChunks(broken(), 10, new AbortController().signal))
      seen.push(isLast);
  })();
  await expect(reading).rejects.toBe(reason);
  expect(seen).toEqual([false]);
});
