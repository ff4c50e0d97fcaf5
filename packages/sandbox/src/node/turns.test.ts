import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('runs a few at a time, in order, also when some fail', async () => {
  const inTurn = createTurns(3);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const all = Array.from({ length: 20 }, (_, index) =>
    inTurn(async () => {
      started.push(index);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (index % 4 === 0) throw new Error('no');
      return index;
    }),
  );
  const results = await Promise.allSettled(all);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(most).toBe(3);
});
