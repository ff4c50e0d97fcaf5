import { describe, expect, test } from 'vitest';
import {
  appendLog,
  emptyLog,
  type LogRing,
  logLineLimit,
  logRingCharacters,
  logRingLines,
  logSlice,
  logTail,
} from './log-ring.ts';

function entry(text: string): Parameters<typeof appendLog>[1] {
  return { text, source: 'output', timeMs: 0, stage: undefined, step: undefined };
}

function filled(count: number, text: (line: number) => string = String): LogRing {
  let ring = emptyLog;
  for (let line = 0; line < count; line += 1) ring = appendLog(ring, entry(text(line)));
  return ring;
}

function texts(ring: LogRing, from: number, to: number): string[] {
  return logSlice(ring, from, to).map((line) => line.text);
}

describe('log ring', () => {
  test('keeps every line up to its limit, across chunks', () => {
    const ring = filled(logRingLines);
    expect(ring).toMatchObject({ total: logRingLines, first: 0 });
    expect(texts(ring, 254, 259)).toEqual(['254', '255', '256', '257', '258']);
    expect(texts(ring, 0, logRingLines)).toHaveLength(logRingLines);
  });

  test('drops the oldest lines and keeps their numbers', () => {
    const ring = filled(23_456);
    expect(ring.total - ring.first).toBeGreaterThanOrEqual(logRingLines);
    expect(ring.total - ring.first).toBeLessThan(logRingLines + 256);
    expect(texts(ring, 0, 10)).toEqual([]);
    expect(texts(ring, ring.first, ring.first + 1)).toEqual([String(ring.first)]);
    expect(logTail(ring, 3).map((line) => line.text)).toEqual(['23453', '23454', '23455']);
  });

  test('an older ring keeps its content when newer ones branch from it', () => {
    const base = filled(3);
    const left = appendLog(base, entry('left'));
    const right = appendLog(base, entry('right'));
    expect(texts(base, 0, 9)).toEqual(['0', '1', '2']);
    expect(texts(left, 0, 9)).toEqual(['0', '1', '2', 'left']);
    expect(texts(appendLog(right, entry('x')), 0, 9)).toEqual(['0', '1', '2', 'right', 'x']);
    expect(texts(left, 0, 9)).toEqual(['0', '1', '2', 'left']);
  });

  test('cuts a giant line', () => {
    const ring = appendLog(emptyLog, entry('x'.repeat(1_000_000)));
    expect(logTail(ring, 1)[0]?.text).toHaveLength(logLineLimit);
  });

  test('long lines count by their characters', () => {
    const ring = filled(2_000, () => 'x'.repeat(logLineLimit));
    expect(ring.characters).toBeLessThan(logRingCharacters + 5 * logLineLimit);
    expect(logTail(ring, 5)).toHaveLength(5);
  });

  test('a slice outside of the kept lines is empty', () => {
    expect(logSlice(filled(5), 5, 100)).toEqual([]);
    expect(logSlice(filled(5), -10, 0)).toEqual([]);
    expect(logTail(emptyLog, 10)).toEqual([]);
  });
});
