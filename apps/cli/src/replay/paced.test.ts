import type { KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { runEvents } from '../testing/run-events.ts';
import { paced } from './paced.ts';

async function* listed(events: readonly KanikitEvent[]): AsyncIterable<KanikitEvent> {
  yield* events;
}

const hours = runEvents(
  ['app'],
  Array.from({ length: 5 }, (_unused, index) => ({ type: 'output', text: `${index}`, afterMs: 3_600_000 })),
);

test('an infinite speed knows no pauses; the clock stands at the newest event', async () => {
  const { events, clock } = paced(listed(hours), Number.POSITIVE_INFINITY, new AbortController().signal);
  for await (const event of events) expect(clock()).toBe(Date.parse(event.time));
});

test('never plays an event before its time', async () => {
  const told = runEvents(
    ['app'],
    [1, 2, 3].map((index) => ({ type: 'output' as const, text: `${index}`, afterMs: 2_000 })),
  );
  const began = performance.now();
  const { events, clock } = paced(listed(told), 100, new AbortController().signal);
  for await (const event of events) {
    const recordedMs = Date.parse(event.time) - Date.parse(told[0]?.time ?? '');
    // Timers of Node may fire up to a millisecond early.
    expect(performance.now() - began).toBeGreaterThanOrEqual(recordedMs / 100 - 2);
    expect(clock()).toBeGreaterThanOrEqual(Date.parse(event.time) - 200);
  }
});

test('aborting ends a pause of hours', async () => {
  const stop = new AbortController();
  const played: string[] = [];
  for await (const event of paced(listed(hours), 1, stop.signal).events) {
    played.push(event.type);
    stop.abort();
  }
  expect(played).toEqual(['run-start']);
});
