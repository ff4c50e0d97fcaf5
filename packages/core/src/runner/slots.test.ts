import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('grants up to the limit and then in order of arrival', async () => {
  const slots = createSlots(1);
  const { signal } = new AbortController();
  const order: string[] = [];
  const releaseFirst = await slots.take(signal);
  expect(slots.isFull()).toBe(true);
  const second = slots.take(signal).then((release) => {
    order.push('second');
    release();
  });
  const third = slots.take(signal).then(() => order.push('third'));
  releaseFirst();
  releaseFirst();
  await Promise.all([second, third]);
  expect(order).toEqual(['second', 'third']);
});

test('an abort while waiting rejects and gives the place to the next', async () => {
  const slots = createSlots(1);
  const controller = new AbortController();
  const release = await slots.take(controller.signal);
  const aborted = slots.take(controller.signal);
  const other = slots.take(new AbortController().signal);
  controller.abort(new Error('stop'));
  await expect(aborted).rejects.toThrow('stop');
  release();
  await expect(other).resolves.toBeTypeOf('function');
});
