import { expect, test } from 'vitest';
import type { StampedLine } from './log-lines.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';
import { parseTimestamp } from './timestamp.ts';

const line = (time: string, text: string): StampedLine => ({
  timestamp: parseTimestamp(`2026-11-23T05:47:${time}Z`)!,
  bytes: Buffer.from(text),
});

function read(position: LogPosition, lines: readonly StampedLine[]): string[] {
  position.restart();
  return lines.filter((entry) => position.isNew(entry)).map(({ bytes }) => Buffer.from(bytes).toString());
}

test('begins at the beginning, then a second before the last line, in whole seconds', () => {
  const position = createLogPosition();
  expect(position.sinceTime()).toBeUndefined();
  read(position, [line('30.9', 'a')]);
  expect(position.sinceTime()).toBe('2026-11-23T05:47:29Z');
});

test('equal lines with equal times are counted', () => {
  const position = createLogPosition();
  const same = line('30.5', 'same');
  expect(read(position, [same, same, same])).toHaveLength(3);
  expect(read(position, [same, same, same, same, same])).toHaveLength(2);
});

test('the tail of a long line that began before the window is not a new line', () => {
  const position = createLogPosition();
  const long = `${'0123456789'.repeat(5_000)}\n`;
  read(position, [line('30.999', long), line('32.1', 'next'), line('33.1', 'last')]);
  expect(position.sinceTime()).toBe('2026-11-23T05:47:32Z');
  const again = [
    line('32.0001', long.slice(-7_000)),
    line('32.1', 'next'),
    line('33.1', 'last'),
    line('33.2', 'new'),
  ];
  expect(read(position, again)).toEqual(['new']);
});

test('more lines in a second than are remembered are still counted', () => {
  const position = createLogPosition();
  const lines = Array.from({ length: 450_000 }, (_, index) => line('30.5', `line ${index % 10}`));
  expect(read(position, lines)).toHaveLength(lines.length);
  expect(read(position, [...lines, line('30.5', 'new')])).toEqual(['new']);
});

test('a clock that goes back makes the reader count from the beginning', () => {
  const position = createLogPosition();
  const lines = [line('50.1', 'a'), line('50.2', 'b'), line('10.1', 'c'), line('10.2', 'd')];
  read(position, lines);
  expect(position.sinceTime()).toBeUndefined();
  expect(read(position, [...lines, line('10.3', 'e')])).toEqual(['e']);
});
