import { expect, test } from 'vitest';
import { runEvents } from '../testing/run-events.ts';
import { showEvents } from '../testing/show-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { createJsonDisplay, eventLine } from './json.ts';
import { createLineWriter } from './line-writer.ts';

const events = runEvents(
  ['app'],
  [
    { type: 'output', text: 'plain' },
    { type: 'output', text: '\u001b[31mred\u001b[0m \r \u202e\u2028\u200b\u009b\ufeff' },
    { type: 'output', text: 'Grüße 你好 🎉' },
  ],
);

test('prints every event as one line of JSON and nothing else', async () => {
  const { io, out, err } = createTestIo();
  const writer = createLineWriter(io.stdout, () => undefined);
  const display = createJsonDisplay(writer);
  await showEvents(display, events);
  display.interrupted(1);
  const lines = out().split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
    events.map((event): unknown => JSON.parse(JSON.stringify(event))),
  );
  expect(err()).toBe('');
});

test('holds no control, bidi or invisible character, and loses none', () => {
  for (const event of events) {
    const line = eventLine(event);
    expect(line.slice(0, -1)).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
    expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(event)));
  }
});
