import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';
import { tryOutputs } from './try-outputs.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-outputs-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what can be written is left as it was', async () => {
  const file = join(folder, 'there');
  await writeFile(file, 'kept');
  await symlink(join(folder, 'target'), join(folder, 'link'));
  await tryOutputs({ iidfile: file, 'metadata-file': join(folder, 'new'), record: join(folder, 'link') });
  await tryOutputs({ record: '/dev/null', iidfile: '/dev/null', 'log-folder': join(folder, 'logs', 'deep') });
  expect(await readFile(file, 'utf8')).toBe('kept');
  expect(readdirSync(folder).toSorted()).toEqual(['link', 'logs', 'there']);
  expect(readdirSync(join(folder, 'logs', 'deep'))).toEqual([]);
});

describe('what can not be written is told before anything starts', () => {
  test.each([
    ['build', '--iidfile', 'none/x', 'ENOENT: no such file or directory'],
    ['build', '--metadata-file', 'file/x', 'ENOTDIR: not a directory'],
    ['build', '--record', 'folder', 'it is a directory'],
    ['build', '--iidfile', `${'x'.repeat(300)}`, 'ENAMETOOLONG: name too long'],
    ['build', '--log-folder', 'file', 'EEXIST: file already exists'],
    ['build', '--log-folder', 'file/logs', 'ENOTDIR: not a directory'],
    ['attach', '--record', 'none/x', 'ENOENT: no such file or directory'],
    ['attach', '--log-folder', 'file', 'EEXIST: file already exists'],
  ])('%s %s %s', async (command, flag, name, problem) => {
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'file'), '');
    const { io, err } = createTestIo({ env: { HOME: folder } });
    const path = join(folder, name);
    const more = command === 'build' ? ['-t', 'r/a'] : [];
    expect(await main([command, folder, ...more, flag, path], io)).toBe(2);
    expect(err()).toMatch(
      new RegExp(`^error: ${flag} can not be written: .*: ${problem}\\.\n hint: Nothing was built\\.`),
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('one file for two flags', async () => {
    const same = join(folder, 'same');
    await expect(tryOutputs({ iidfile: same, record: `${folder}/./same` })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--iidfile and --record would write the same file') as unknown,
    });
  });
});

test.runIf(process.platform === 'linux')(
  'a log folder where the system makes none is told, and not tried for ever',
  { timeout: 10_000 },
  async () => {
    await expect(tryOutputs({ 'log-folder': '/proc/none/logs' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('ENOENT') as unknown,
    });
  },
);

test('a dry run writes none of them', async () => {
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const { io, err } = createTestIo({ env: { HOME: folder } });
  const words = ['build', folder, '-t', 'r.example/app', '--dry-run', '--iidfile', join(folder, 'none', 'x')];
  expect(await main(words, io), err()).toBe(0);
});
