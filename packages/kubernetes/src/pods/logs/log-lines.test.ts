import { createSeededRandom } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createLogSplitter } from './log-lines.ts';
import { parseTimestamp } from './timestamp.ts';

function split(
  chunks: readonly Buffer[],
  limitBytes?: number,
): { lines: string[]; times: string[]; remarks: string[] } {
  const found = { lines: [] as string[], times: [] as string[], remarks: [] as string[] };
  const splitter = createLogSplitter(
    {
      line({ bytes, timestamp }) {
        found.lines.push(Buffer.from(bytes).toString('utf8'));
        found.times.push(timestamp.text);
      },
      remark: (text) => found.remarks.push(text),
    },
    limitBytes,
  );
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return found;
}

const time = '2026-11-23T05:47:30.123456789Z';

test('chunks may be cut anywhere, in the middle of a character too', () => {
  const text = Buffer.from(`${time} é€😀\n${time} \n${time} a\rb\r\n${time} end`);
  const random = createSeededRandom(1).below;
  for (let round = 0; round < 200; round += 1) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < text.length;) {
      const size = 1 + random(20);
      chunks.push(text.subarray(at, at + size));
      at += size;
    }
    expect(split(chunks).lines).toEqual(['é€😀\n', '\n', 'a\rb\r\n', 'end']);
  }
});

test('a line of a megabyte stays whole', () => {
  const line = `${'€'.repeat(350_000)}\n`;
  expect(split([Buffer.from(`${time} ${line}`)]).lines).toEqual([line]);
});

test('a line without end is told in pieces, cut at the same bytes however it comes', () => {
  const text = Buffer.from(`${time} ${'abcdefghij'.repeat(100)}\n${time} next\n`);
  const whole = split([text], 256);
  const bytes = split(
    [...text].map((byte) => Buffer.of(byte)),
    256,
  );
  expect(whole.lines).toEqual(bytes.lines);
  expect(whole.lines.join('')).toBe(`${'abcdefghij'.repeat(100)}\nnext\n`);
});

test("the node's own words are not the container's", () => {
  const { lines, remarks } = split([
    Buffer.from(`failed to watch file "/var/log/x": no space left\n${time} real\n`),
  ]);
  expect(lines).toEqual(['real\n']);
  expect(remarks).toEqual(['failed to watch file "/var/log/x": no space left']);
});

test.each([
  ['2026-11-23T05:47:30Z', Date.UTC(2026, 10, 23, 5, 47, 30)],
  ['2026-11-23T05:47:30.9Z', Date.UTC(2026, 10, 23, 5, 47, 30, 900)],
  ['2026-11-23T05:47:30.123456789Z', Date.UTC(2026, 10, 23, 5, 47, 30, 123)],
  ['2026-11-23T05:47:30.5+02:00', Date.UTC(2026, 10, 23, 3, 47, 30, 500)],
  ['2026-13-23T05:47:30Z', undefined],
  ['INFO[0000]', undefined],
  ['2026-11-23T05:47:30', undefined],
])('timestamp %s', (text, expected) => {
  expect(parseTimestamp(text)?.timeMs).toBe(expected);
});
