import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markProcess } from '../node/processes.ts';
import { awaitHolder, findHolder, lockFolder } from './folder-lock.ts';
import { sandboxStatus } from './status.ts';
import { stopSandboxDaemon } from './stop-daemon.ts';

let folder: string;
let bystander: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-lock-'));
  bystander = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  await once(bystander, 'spawn');
});
afterEach(() => {
  bystander.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('one process holds a folder, and the next one gets it when that has let go', async () => {
  const first = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'sandbox-running' });
  expect(await findHolder(folder)).toMatchObject({ process: { pid: process.pid }, isReady: false });
  await first.ready();
  expect(await findHolder(folder)).toMatchObject({ isReady: true });
  await first[Symbol.asyncDispose]();
  expect(await findHolder(folder)).toBeUndefined();
  await using _second = await lockFolder(folder);
});

test('programs that the holder starts do not hold the folder after its end', async () => {
  const lock = await lockFolder(folder);
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await lock[Symbol.asyncDispose]();
  try {
    await using _next = await lockFolder(folder);
  } finally {
    child.kill('SIGKILL');
  }
});

test('of many that want a folder at once one gets it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
  const got = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  expect(got).toHaveLength(1);
  await got[0]![Symbol.asyncDispose]();
});

test('a lock without a name, of a process that is killed and not gone yet, is waited for', async () => {
  const threads = spawn('flock', [join(folder, 'lock'), 'sh', '-c', 'echo locked; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  await once(threads.stdout, 'data');
  setTimeout(() => process.kill(-threads.pid!, 'SIGKILL'), 100);
  await using _lock = await lockFolder(folder);
});

test('a holder that was not seen to end is waited for no longer than the signal says', async () => {
  await using _lock = await lockFolder(folder);
  const wait = awaitHolder(folder, (holder) => holder === undefined, AbortSignal.timeout(50));
  await expect(wait).rejects.toMatchObject({ name: 'TimeoutError' });
});

const { pid: _pid, ...ownTimes } = (await markProcess(process.pid))!;
const forged: readonly (readonly [what: string, record: (pid: number) => string])[] = [
  ['nothing', () => ''],
  ['no JSON', () => 'garbage\n'],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['a number', () => '1'],
  ['a mark that is null', () => '{"process":null,"descriptor":3,"startedAt":1}'],
  ['a long line', () => JSON.stringify({ process: 'x'.repeat(1_000_000) })],
  ['deep JSON', () => '['.repeat(100_000)],
  ...[0, 1, -1, 1.5, 2 ** 53, '$(id)'].map(
    (pid) => [`process ${pid}`, () => record({ pid, ...ownTimes })] as const,
  ),
  ['another process', (pid: number) => record({ pid, ...ownTimes })],
  ['the group of another process', (pid: number) => record({ pid: -pid, ...ownTimes })],
];

function record(process: unknown, descriptor: unknown = 0): string {
  return JSON.stringify({ process, descriptor, startedAt: 1, isReady: true });
}

test.each(forged)('a record that names %s names no holder, and nothing is signalled', async (_what, text) => {
  await (await lockFolder(folder))[Symbol.asyncDispose]();
  writeFileSync(join(folder, 'holder.json'), text(bystander.pid!));
  expect(await findHolder(folder)).toBeUndefined();
  expect((await sandboxStatus(folder)).state).toBe('absent');
  expect(await stopSandboxDaemon(folder)).toBe(false);
  expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
  await using _lock = await lockFolder(folder);
});

test('a process that has the place of a killed holder is not taken for it', async () => {
  await (await lockFolder(folder))[Symbol.asyncDispose]();
  const mark = await markProcess(bystander.pid!);
  // Its own start time, but it does not have the lock file open.
  writeFileSync(join(folder, 'holder.json'), record(mark));
  expect(await stopSandboxDaemon(folder)).toBe(false);
  // It has the lock file open, but started at another time.
  const lock = openSync(join(folder, 'lock'), 'r');
  const heir = spawn('sleep', ['60'], { stdio: [lock, 'ignore', 'ignore'] });
  await once(heir, 'spawn');
  try {
    writeFileSync(join(folder, 'holder.json'), record({ ...mark, pid: heir.pid, startTicks: '1' }));
    expect(await findHolder(folder)).toBeUndefined();
    expect(await stopSandboxDaemon(folder)).toBe(false);
    expect([bystander.exitCode, heir.exitCode, heir.signalCode]).toEqual([null, null, null]);
  } finally {
    heir.kill('SIGKILL');
  }
});

test.runIf(process.getuid?.() === 0)('a folder of another user is refused whole', async () => {
  mkdirSync(join(folder, 'theirs'));
  chmodSync(join(folder, 'theirs'), 0o755);
  const mark = await markProcess(bystander.pid!);
  writeFileSync(join(folder, 'theirs', 'holder.json'), record(mark));
  chownSync(join(folder, 'theirs'), 65_534, 65_534);
  const refused = { code: 'sandbox-folder-in-use', message: expect.stringContaining('id 65534') };
  const theirs = join(folder, 'theirs');
  await expect(lockFolder(theirs)).rejects.toMatchObject(refused);
  await expect(findHolder(theirs)).rejects.toMatchObject(refused);
  await expect(stopSandboxDaemon(theirs)).rejects.toMatchObject(refused);
});
