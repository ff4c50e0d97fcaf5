import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

let folder: string;
let failures: Error[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-log-'));
  failures = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (parent: string) =>
  openLogFile({ folder: parent, run: 'run', attempt: 1, build: 'build' }, (error) => failures.push(error));

test('keeps the whole log, for its owner only', async () => {
  const log = await open(folder);
  const line = Buffer.from(`${'x'.repeat(100_000)}\n`);
  for (let count = 0; count < 20; count += 1) await log.write(line);
  await log.close();
  expect((await readFile(log.path)).length).toBe(20 * line.length);
  expect((await stat(log.path)).mode & 0o777).toBe(0o600);
  expect(failures).toEqual([]);
});

test('a folder that cannot be made is told once and does not stop the build', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const log = await open(file);
  await log.write(Buffer.from('a'));
  await log.write(Buffer.from('b'));
  await log.close();
  expect(failures).toHaveLength(1);
});

test('a disk that is full is told once and does not stop the build', async () => {
  const { symlink, mkdir } = await import('node:fs/promises');
  await mkdir(join(folder, 'run'));
  // Every write to this device fails with ENOSPC.
  await symlink('/dev/full', join(folder, 'run', 'build.log'));
  const log = await open(folder);
  for (let count = 0; count < 5; count += 1) await log.write(Buffer.alloc(100_000));
  await log.close();
  expect(failures.map((error) => (error as NodeJS.ErrnoException).code)).toEqual(['ENOSPC']);
});

test.each([
  ['../..', '..'],
  ['/etc', '../../x'],
  ['.', '.hidden'],
])('names of others (%j, %j) stay in the folder', async (run, build) => {
  const log = await openLogFile({ folder, run, build, attempt: 1 }, (error) => failures.push(error));
  await log.write(Buffer.from('a'));
  await log.close();
  expect(failures).toEqual([]);
  expect(relative(folder, log.path)).toMatch(/^\w[\w.+-]*\/\w[\w.+-]*log$/);
});
