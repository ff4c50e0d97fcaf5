import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isKanikitError, type KanikitEvent } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventLine } from '../displays/json.ts';
import { runEvents } from '../testing/run-events.ts';
import { readEvents } from './read-events.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const events = runEvents(
  ['app'],
  [
    { type: 'output', text: 'one' },
    { type: 'output', text: 'two' },
  ],
);
const [first = '', second = '', third = ''] = events.map(eventLine);
const nobody = Readable.from([]) as unknown as NodeJS.ReadableStream;

async function read(content: string | Uint8Array): Promise<readonly KanikitEvent[]> {
  const path = join(folder, 'run.ndjson');
  await writeFile(path, content);
  return Array.fromAsync(readEvents(path, nobody));
}

async function problemOf(path: string): Promise<string> {
  try {
    await Array.fromAsync(readEvents(path, nobody));
  } catch (error) {
    if (isKanikitError(error)) return `${error.code}: ${error.message} | ${error.hint ?? ''}`;
    throw error;
  }
  return 'none';
}

const plainly = (list: readonly KanikitEvent[]): unknown => JSON.parse(JSON.stringify(list));

describe('reads', () => {
  test.each([
    ['what was recorded', first + second + third, 3],
    ['a last line without its end', (first + second + third).trimEnd(), 3],
    ['lines of Windows, blank lines and a byte order mark', `\ufeff${first}\r\n\n${second.trimEnd()}\r\n`, 2],
    ['up to a last line that was cut off', first + second + third.slice(0, 40), 2],
    ['up to a last line that was cut in a character', first + second + '{"text":"\ud83c', 2],
  ])('%s', async (_name, content, count) => {
    expect(plainly(await read(content))).toEqual(plainly(events.slice(0, count)));
  });

  test('text with other separators of lines in it, as JSON may have them', async () => {
    const told = runEvents(['app'], [{ type: 'output', text: 'a\u2028b\u2029c\u0085d' }]);
    const content = told.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(plainly(await read(content))).toEqual(plainly(told));
  });

  test('standard input, in pieces cut anywhere', async () => {
    const bytes = Buffer.from(first + second + eventLine({ ...events[2], text: 'Grüße 🎉' } as KanikitEvent));
    const pieces = Readable.from(
      Array.from(bytes, (byte) => Buffer.from([byte])),
      { objectMode: false },
    );
    expect(await Array.fromAsync(readEvents('-', pieces))).toHaveLength(3);
  });

  test('types and fields of a newer release', async () => {
    const newer = `{"v":1,"seq":2,"time":"2026-01-01T00:00:00.000Z","type":"sparkle","glitter":1}\n`;
    expect(await read(first + newer + third)).toHaveLength(3);
  });
});

describe('refuses', () => {
  const version2 = second.replace('"v":1', '"v":2');
  test.each([
    ['a line that is not JSON', `${first}oops\n${third}`, 'line 2: it is not JSON'],
    ['a broken line that has its end', `${first}${second}{"v":1\n`, 'line 3: it is not JSON'],
    ['a line that is no event', `${first}[1]\n`, 'line 2: it is not an event'],
    ['null', `${first}null\n`, 'line 2: it is not an event'],
    [
      'a newer version',
      first + version2,
      'line 2: version 2 of the event schema is not known. | It was recorded by another release',
    ],
    [
      'no version',
      first + second.replace('"v":1,', ''),
      'line 2: version none of the event schema is not known',
    ],
    ['no time', first + second.replace(/"time":"[^"]*",/, ''), 'line 2: it has no time'],
    [
      'a time that is none',
      first + second.replace(/"time":"[^"]*"/, '"time":"noon"'),
      'line 2: it has no time',
    ],
    ['no number', first + second.replace(/"seq":\d+,/, ''), 'line 2: it has no number (seq)'],
    [
      'a missing field',
      first + second.replace(/,"text":"one"/, ''),
      'line 2: the field "text" of output is missing or is no string',
    ],
    ['a run without its start', second + third, 'line 1: a run begins with run-start'],
    [
      'lists of something else',
      first.replace(/"builds":\[.*\]/, '"builds":[1]'),
      'line 1: the field "builds[0]" of run-start is missing or is no object',
    ],
    ['an empty file', '', 'line 1: there is no event in it'],
    ['blank lines', '\n\n', 'line 2: there is no event in it'],
    ['a log', 'INFO[0000] Retrieving image manifest\n', 'line 1: it is not JSON'],
  ])('%s', async (_name, content, problem) => {
    const path = join(folder, 'bad.ndjson');
    await writeFile(path, content);
    expect(await problemOf(path)).toContain(`events-invalid: Reading the recorded run ${path}, ${problem}`);
  });

  test('a file that is not there, and a folder', async () => {
    expect(await problemOf(join(folder, 'none'))).toMatch(
      /^events-unreadable: .*ENOENT.* \| Record one with/,
    );
    expect(await problemOf(folder)).toMatch(/^events-unreadable: .*EISDIR/);
  });
});

test('a line that is longer than any event is refused, and not kept whole', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${first}{"type":"`);
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  const stdin = Readable.from(endless(), { objectMode: false });
  await expect(Array.fromAsync(readEvents('-', stdin))).rejects.toThrow('line 2: it is longer than 64 MB');
});
