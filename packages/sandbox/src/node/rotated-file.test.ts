import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLogFile, type LogFile } from './log-file.ts';
import type { LogOptions } from './pod-runtime.ts';
import { readLog } from './read-log.ts';
import { fileLimitBytes as usualLimitBytes, mostFiles } from './rotated-file.ts';

/** Small, so that the test writes little. */
const fileLimitBytes = 512 * 1024;
let folder: string;
let log: LogFile;
const signal = AbortSignal.timeout(60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-log-'));
  log = await openLogFile(join(folder, 'kaniko.log'), undefined, fileLimitBytes);
});

afterEach(async () => {
  await log.end();
  await rm(folder, { recursive: true, force: true });
});

/** Each chunk is a few thousand numbered lines; the numbers go on from chunk to chunk. */
const linesInChunk = 400;
const chunkOf = (index: number): string =>
  Array.from(
    { length: linesInChunk },
    (_, line) => `line ${index * linesInChunk + line} ${'x'.repeat(200)}\n`,
  ).join('');
const chunksPerFile = Math.ceil(fileLimitBytes / chunkOf(0).length);

async function read(options: LogOptions, onChunk: (text: string) => Promise<void> | void): Promise<void> {
  for await (const bytes of readLog(log.path, options, log, signal))
    await onChunk(Buffer.from(bytes).toString());
}

it('what a container prints takes a bounded room, and the newest file is served', async () => {
  const last = chunksPerFile * (mostFiles + 2);
  for (let index = 0; index < last; index++) await log.append('stdout', Buffer.from(chunkOf(index)));
  await log.end();
  const names = await readdir(folder);
  expect(names).toHaveLength(mostFiles);
  for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(fileLimitBytes);
  let text = '';
  await read({}, (more) => void (text += more));
  expect(text.endsWith(chunkOf(last - 1))).toBe(true);
  expect(text).toMatch(/^line \d+ x/);
  expect(text.length).toBeLessThan(fileLimitBytes);
});

it('a follower that keeps up gets every line once, over all files', async () => {
  const wanted = chunksPerFile * 3;
  let next = 0;
  let rest = '';
  const reading = read({ follow: true }, (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) expect(line.split(' ', 2)[1]).toBe(String(next++));
  });
  for (let index = 0; index < wanted; index++) await log.append('stdout', Buffer.from(chunkOf(index)));
  await log.end();
  await reading;
  expect(next).toBe(wanted * linesInChunk);
});

it('a follower that was held up goes on with the oldest file that is left', async () => {
  await log.append('stdout', Buffer.from('first\n'));
  const { promise: isRead, resolve: go } = Promise.withResolvers<void>();
  const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>();
  let text = '';
  const reading = read({ follow: true }, async (more) => {
    if (text === '') begin();
    await isRead;
    text += more;
  });
  await hasBegun;
  const last = chunksPerFile * (mostFiles + 2);
  for (let index = 0; index < last; index++) await log.append('stdout', Buffer.from(chunkOf(index)));
  await log.end();
  go();
  await reading;
  const numbers = [...text.matchAll(/^line (\d+) /gm)].map(([, number]) => Number(number));
  const gaps = numbers.filter((number, index) => index > 0 && number !== numbers[index - 1]! + 1);
  expect(gaps).toHaveLength(1);
  expect(numbers[0]).toBe(0);
  expect(numbers.at(-1)).toBe(last * linesInChunk - 1);
});

it('has the sizes of a kubelet by default', () => {
  expect([usualLimitBytes, mostFiles]).toEqual([10 * 2 ** 20, 5]);
});

it('goes on with the file that an earlier start left', async () => {
  await log.append('stdout', Buffer.from('one\n'));
  await log.end();
  log = await openLogFile(log.path);
  await log.append('stdout', Buffer.from('two\n'));
  expect(await readFile(log.path, 'utf8')).toMatch(/ one\n.* two\n$/);
});
