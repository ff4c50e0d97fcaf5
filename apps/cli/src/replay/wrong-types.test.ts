import { initialRunState, reduceRun } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createDisplay } from '../displays/create-display.ts';
import { screenFrame } from '../displays/tui/screen-rows.ts';
import { plainTheme } from '../displays/tui/theme.ts';
import { initialView } from '../displays/tui/view-state.ts';
import { eventExamples } from '../testing/event-examples.ts';
import { showEvents } from '../testing/show-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { eventProblem } from './event-problem.ts';

const types = Object.keys(eventExamples) as readonly (keyof typeof eventExamples)[];

/** Values of every type, empty ones and odd ones, and one that is not there. */
const wrongValues: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  2.5,
  1e308,
  Number.POSITIVE_INFINITY,
  '',
  'constructor',
  [],
  [null],
  ['__proto__'],
  {},
  { length: 1e9 },
];

/** Each event with one of its values, however deep, replaced. */
const mutants = types.flatMap((type) => {
  const event = {
    v: 1,
    seq: 2,
    time: '2026-11-24T01:33:27.141Z',
    build: 'app-1',
    type,
    ...eventExamples[type],
  };
  return pathsIn(event)
    .filter((path) => path.join('.') !== 'type')
    .flatMap((path) =>
      wrongValues.map((value) => ({ type, path, value, event: replaced(event, path, value) })),
    );
});

const played = mutants.filter(({ type, event }) => eventProblem(event, type === 'run-start') === undefined);

test('values of the wrong type are refused, and many others are played', () => {
  expect(mutants.length).toBeGreaterThan(2_000);
  expect(mutants.length - played.length).toBeGreaterThan(1_500);
  expect(played.length).toBeGreaterThan(300);
});

test.each(['plain', 'quiet', 'json'] as const)('%s shows every event that is played', async (mode) => {
  for (const { type, path, value, event } of played) {
    const { io } = createTestIo();
    const display = await createDisplay(mode, io, {
      cancel: () => undefined,
      interrupt: () => undefined,
      clock: () => 0,
    });
    const problem = await showEvents(display, runWith(type, event)).then(
      () => undefined,
      (error: unknown) => ({ type, path, value, error }),
    );
    expect(problem).toBeUndefined();
  }
});

test('the dashboard shows every event that is played', () => {
  for (const { type, path, value, event } of played) {
    const draw = () => {
      const state = runWith(type, event).reduce(reduceRun, initialRunState);
      return screenFrame(state, initialView, { columns: 100, rows: 30 }, plainTheme, 0);
    };
    expect(draw, `${type}.${path.join('.')}: ${JSON.stringify(value)}`).not.toThrow();
  }
});

/** A run in which a build goes on while the event happens, and ends. */
function runWith(type: string, event: unknown): readonly KanikitEvent[] {
  const around = { v: 1, seq: 1, time: '2026-11-24T01:33:26.000Z' };
  const start = { ...around, type: 'run-start', ...eventExamples['run-start'] };
  const outline = { ...around, build: 'app-1', type: 'outline', ...eventExamples.outline };
  const step = { ...around, build: 'app-1', type: 'step-start', ...eventExamples['step-start'] };
  const end = { ...around, build: 'app-1', type: 'build-end', ...eventExamples['build-end'] };
  const last = { ...around, type: 'run-end', ...eventExamples['run-end'] };
  const events = type === 'run-start' ? [event, step, end, last] : [start, outline, step, event, end, last];
  return events as readonly KanikitEvent[];
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => pathsIn(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => pathsIn(item, [...path, name]))
      : [];
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(whole: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(whole))
    return whole.map((item: unknown, index) => (index === first ? replaced(item, rest, value) : item));
  const fields = whole as Readonly<Record<string, unknown>>;
  return { ...fields, [first]: replaced(fields[first], rest, value) };
}
