import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-folders-'));
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nowhere', join(folder, 'dangling'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is made with those above it, and again without complaint', async () => {
  const path = join(folder, 'a/b/c');
  await Promise.all([makeFolder(path, 0o700), makeFolder(path, 0o700), makeFolder(join(folder, 'a/b/d'))]);
  await makeFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test.each([
  ['below /proc', '/proc/none/a/b', 'ENOENT'],
  ['below a device', '/dev/null/a', 'ENOTDIR'],
  ['below a file', 'file/a', 'ENOTDIR'],
  ['in the place of a file', 'file', 'EEXIST'],
  ['below a link to nothing', 'dangling/a', 'EEXIST'],
])('%s nothing is made, and that is an error at once', async (_where, path, code) => {
  const absolute = path.startsWith('/') ? path : join(folder, path);
  await expect(makeFolder(absolute)).rejects.toMatchObject({ code });
});
