import { initialRunState, reduceRun } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { eventProblem } from '../replay/event-problem.ts';
import { eventExamples } from '../testing/event-examples.ts';
import { showEvents } from '../testing/show-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { createDisplay } from './create-display.ts';
import { screenFrame } from './tui/screen-rows.ts';
import { plainTheme } from './tui/theme.ts';
import { initialView } from './tui/view-state.ts';

/** OSC 52 (clipboard), OSC 8, a title, CSI, DCS, their forms of 8 bits, bidi, invisible and tag characters; more text, so that no end hides it. */
const payload =
  'a\u001b]52;c;eA==\u0007b\u001b]8;;http://x\u001b\\c\u001b]0;t\u0007\u001b[2J\u001bP1$q\u001b\\\u009b31m\u009d52;c;eA==\u009c\u0090x\u009c\u202e\u2066\u00ad\u061c\u180e\u200b\u2028\u2060\ufeff\u{e0041}\u0000\u0008\u007f\u0085z';
/** What a terminal obeys, and what hides or reorders text. */
const unsafe =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

/** Each event with the payload in one of its texts; what the schema counts out (types, times) stays. */
const hostile = Object.entries(eventExamples).flatMap(([type, body]) =>
  textsIn(body).map((path) => ({ type, path, event: { type, ...(replaced(body, path) as object) } })),
);

test.each(['plain', 'quiet', 'json'] as const)(
  '%s shows no character of an event that a terminal obeys',
  async (mode) => {
    for (const { type, path, event } of hostile) {
      const { io, out, err } = createTestIo();
      const display = await createDisplay(mode, io, {
        cancel: () => undefined,
        interrupt: () => undefined,
        clock: () => 0,
      });
      await showEvents(display, runWith(event));
      expect({ type, path, text: unsafe.exec(out() + err())?.[0] }).toEqual({ type, path, text: undefined });
    }
  },
);

test('the dashboard shows none, either', () => {
  for (const { type, path, event } of hostile) {
    const state = runWith(event).reduce(reduceRun, initialRunState);
    const { rows } = screenFrame(state, initialView, { columns: 100, rows: 30 }, plainTheme, 0);
    expect({ type, path, text: unsafe.exec(rows.join('\n'))?.[0] }).toEqual({ type, path, text: undefined });
  }
});

test('there is a text for each of these', () => {
  expect(hostile.length).toBeGreaterThan(60);
});

/** A run in which a build goes on while the event happens, and ends. */
function runWith(event: { readonly type: string }): readonly KanikitEvent[] {
  const start = { type: 'run-start', ...eventExamples['run-start'] };
  const step = { type: 'step-start', ...eventExamples['step-start'] };
  const end = { type: 'build-end', ...eventExamples['build-end'] };
  const events = event.type === 'run-start' ? [event, step, end] : [start, step, event, end];
  return events.map((body, index) => {
    const build = body.type.startsWith('run-') ? undefined : 'app-1';
    const whole = { v: 1, seq: index + 1, time: new Date(index * 5_000).toISOString(), build, ...body };
    expect(eventProblem(whole, index === 0)).toBeUndefined();
    return whole as unknown as KanikitEvent;
  });
}

function textsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, [...path, name]));
}

function replaced(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return payload;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? replaced(item, rest) : item));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [name]: replaced(members[name], rest) };
}
