import type { KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createEventStream } from './event-stream.ts';

const event = (seq: number): KanikitEvent => ({
  v: 1,
  seq,
  time: '2026-01-01T00:00:00.000Z',
  type: 'run-cancel',
  reason: 'test',
});

async function collect(events: AsyncIterable<KanikitEvent>): Promise<number[]> {
  const seen: number[] = [];
  for await (const { seq } of events) seen.push(seq);
  return seen;
}

test('a late reader gets what was pushed before it came', async () => {
  const stream = createEventStream();
  void stream.sink(event(1));
  const seen = collect(stream.events);
  void stream.sink(event(2));
  stream.end();
  expect(await seen).toEqual([1, 2]);
});

test('a run that ended can still be read', async () => {
  const stream = createEventStream();
  void stream.sink(event(1));
  stream.end();
  expect(await collect(stream.events)).toEqual([1]);
});

test('a slow reader makes the producer wait, and reading lets it go on', async () => {
  const stream = createEventStream();
  const iterator = stream.events[Symbol.asyncIterator]();
  let wait: void | Promise<void>;
  let pushed = 0;
  do {
    pushed += 1;
    wait = stream.sink(event(pushed));
  } while (wait === undefined);
  expect(pushed).toBeGreaterThan(100);
  let isReleased = false;
  void wait.then(() => {
    isReleased = true;
  });
  for (let read = 0; read < 5; read += 1) await iterator.next();
  await wait;
  expect(isReleased).toBe(true);
});

test('a reader that stops no longer holds anyone up', async () => {
  const stream = createEventStream();
  const iterator = stream.events[Symbol.asyncIterator]();
  let wait: void | Promise<void>;
  do wait = stream.sink(event(1));
  while (wait === undefined);
  await iterator.return?.();
  await wait;
  expect(stream.sink(event(2))).toBeUndefined();
});

test('memory stays bounded when nobody reads', async () => {
  const stream = createEventStream();
  for (let seq = 1; seq <= 100_000; seq += 1) void stream.sink(event(seq));
  stream.end();
  const seen = await collect(stream.events);
  expect(seen.length).toBeLessThanOrEqual(20_000);
  expect(seen.at(-1)).toBe(100_000);
});
