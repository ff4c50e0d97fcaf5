import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatTime, longestPartBytes, openLogFile, type LogFile } from './log-file.ts';
import type { LogOptions } from './pod-runtime.ts';
import { readLog } from './read-log.ts';

let folder: string;
let log: LogFile;
let time: bigint;
const start = 1_700_000_000_000_000_000n;
const signal = AbortSignal.timeout(20_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-log-'));
  time = start;
  log = await openLogFile(join(folder, 'kaniko.log'), () => time);
});

afterEach(async () => {
  await log.end();
  await rm(folder, { recursive: true, force: true });
});

const write = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> =>
  log.append(stream, Buffer.from(text));

async function read(options: LogOptions = {}, live?: LogFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readLog(log.path, options, live, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('serves lines, whatever chunks they came in, and a last one without its end', async () => {
  await write('on');
  await write('e\ntwo\nthr');
  await write('err\n', 'stderr');
  await log.end();
  expect(await read()).toBe('one\ntwo\nerr\nthr');
});

it('stores what a kubelet would read', async () => {
  await write('a\nb');
  await log.end();
  const stamp = formatTime(start);
  expect(stamp).toBe('2023-11-14T22:13:20.000000000Z');
  expect(await readFile(log.path, 'utf8')).toBe(`${stamp} stdout F a\n${stamp} stdout P b\n`);
});

it('joins parts of a long line and stamps it once', async () => {
  const long = 'x'.repeat(longestPartBytes * 2 + 5);
  await write(`${long}\nnext\n`);
  await log.end();
  expect(await read()).toBe(`${long}\nnext\n`);
  const stamped = await read({ timestamps: true });
  expect(stamped).toBe(`${formatTime(start)} ${long}\n${formatTime(start)} next\n`);
});

it.each<[string, LogOptions, string]>([
  ['the last lines', { tailLines: 2 }, 'three\nfour\n'],
  ['none', { tailLines: 0 }, ''],
  ['more than there are', { tailLines: 99 }, 'one\ntwo\nthree\nfour\n'],
  ['the first bytes', { limitBytes: 6 }, 'one\ntw'],
  ['a time on', { sinceTime: '2023-11-14T22:13:22Z' }, 'three\nfour\n'],
  // The API server drops the fraction before it asks the kubelet.
  ['a time in the middle of a second', { sinceTime: '2023-11-14T22:13:22.9Z' }, 'three\nfour\n'],
  ['a time with an offset', { sinceTime: '2023-11-14T23:13:23+01:00' }, 'four\n'],
])('serves %s', async (_what, options, expected) => {
  for (const word of ['one', 'two', 'three', 'four']) {
    await write(`${word}\n`);
    time += 1_000_000_000n;
  }
  await log.end();
  expect(await read(options)).toBe(expected);
});

it('counts tail lines over chunk borders', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
  await write(lines.join(''));
  await log.end();
  expect(await read({ tailLines: 5000 })).toBe(lines.slice(-5000).join(''));
});

it('follows until the container ends', async () => {
  await write('before\n');
  const followed = read({ follow: true }, log);
  const second = read({ follow: true, tailLines: 0 }, log);
  for (let index = 0; index < 100; index++) await write(`line ${index}\n`);
  await write('rest');
  await log.end();
  const text = await followed;
  expect(text.startsWith('before\nline 0\n')).toBe(true);
  expect(text.endsWith('line 99\nrest')).toBe(true);
  expect(await second).toMatch(/rest$/);
});

it('is open until what it kept back is written, so that no follower leaves before', async () => {
  await write('rest');
  const ended = log.end();
  expect(log.isOpen()).toBe(true);
  expect(() => write('late')).toThrow('is closed');
  await ended;
  expect(log.isOpen()).toBe(false);
  expect(await read({ follow: true }, log)).toBe('rest');
});

it('a follower leaves when it is cancelled', async () => {
  const cancel = new AbortController();
  const reading = (async () => {
    for await (const _chunk of readLog(log.path, { follow: true }, log, cancel.signal)) cancel.abort();
  })();
  await write('one\n');
  await expect(reading).rejects.toThrow('aborted');
});

it('has nothing to say before there is a log', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readLog(join(folder, 'none'), {}, undefined, signal)) chunks.push(chunk);
  expect(chunks).toEqual([]);
});
