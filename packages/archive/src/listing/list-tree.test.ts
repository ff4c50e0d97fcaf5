import { chmodSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContextEntry, ListOptions } from '@kanikit/spec';
import { plantFiles, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createIgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { parseIgnoreFile } from '../ignore/parse-ignore-file.ts';
import { listTree } from './list-tree.ts';

async function list(root: string, rules: string, options: ListOptions = {}): Promise<ContextEntry[]> {
  const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from(rules)));
  return await Array.fromAsync(listTree(root, matcher, options, testRun()));
}

test('files, directories and links, with sizes', async () => {
  const root = plantFiles({ 'a/one': '12345', 'b/two': '' });
  mkdirSync(join(root, 'empty'));
  linkSync(join(root, 'a/one'), join(root, 'b/again'));
  symlinkSync('/nowhere', join(root, 'c'));
  expect(await list(root, '')).toEqual([
    { path: 'a', type: 'directory', sizeBytes: 0 },
    { path: 'a/one', type: 'file', sizeBytes: 5 },
    { path: 'b', type: 'directory', sizeBytes: 0 },
    { path: 'b/again', type: 'hardlink', sizeBytes: 0 },
    { path: 'b/two', type: 'file', sizeBytes: 0 },
    { path: 'c', type: 'symlink', sizeBytes: 0 },
    { path: 'empty', type: 'directory', sizeBytes: 0 },
  ]);
});

test('what is ignored, by which rule, directories whole', async () => {
  const root = plantFiles({
    'a.log': '1',
    'dist/x/deep': '123',
    'dist/y': '45',
    'kept/z.log': '6',
    'mixed/back': '7',
    'mixed/gone/a': '8',
    'mixed/gone/b': '9',
  });
  const rules = '# header\n**/*.log\n\ndist\nmixed\n!mixed/back\n';
  const entries = await list(root, rules, { withIgnored: true });
  const file = '.dockerignore';
  expect(entries).toEqual([
    { path: 'a.log', type: 'file', sizeBytes: 1, ignoredBy: { file, line: 2, pattern: '**/*.log' } },
    { path: 'dist', type: 'directory', sizeBytes: 5, ignoredBy: { file, line: 4, pattern: 'dist' } },
    { path: 'kept', type: 'directory', sizeBytes: 0 },
    { path: 'kept/z.log', type: 'file', sizeBytes: 1, ignoredBy: { file, line: 2, pattern: '**/*.log' } },
    { path: 'mixed', type: 'directory', sizeBytes: 0 },
    { path: 'mixed/back', type: 'file', sizeBytes: 1 },
    { path: 'mixed/gone', type: 'directory', sizeBytes: 2, ignoredBy: { file, line: 5, pattern: 'mixed' } },
  ]);
  expect(await list(root, rules)).toEqual(entries.filter((entry) => entry.ignoredBy === undefined));
});

// Root may read everything, so the listing is done by a process of nobody where the tests run as root.
test('an ignored directory that may not be read is no error', () => {
  const root = plantFiles({ 'locked/x': '1', kept: '2' });
  for (const folder of [root, dirname(root)]) chmodSync(folder, 0o755);
  chmodSync(join(root, 'locked'), 0);
  const script = `
    const { listTree } = await import(${JSON.stringify(new URL('list-tree.ts', import.meta.url))});
    const { createIgnoreMatcher } = await import(${JSON.stringify(new URL('../ignore/ignore-matcher.ts', import.meta.url))});
    const list = async (rules) => {
      const run = { signal: new AbortController().signal, now: Date.now };
      const entries = listTree(${JSON.stringify(root)}, createIgnoreMatcher(rules), { withIgnored: true }, run);
      return await Array.fromAsync(entries, (entry) => entry.path).catch((error) => error.code);
    };
    console.log(JSON.stringify([await list([{ pattern: 'locked', line: 1 }]), await list([])]));`;
  const isRoot = process.getuid?.() === 0;
  const output = execFileSync(
    process.execPath,
    ['--conditions=@kanikit/source', '--input-type=module', '-e', script],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
    },
  );
  chmodSync(join(root, 'locked'), 0o755);
  expect(JSON.parse(output.toString())).toEqual([['kept', 'locked'], 'context-unreadable']);
});

test('secrets are told, of what is sent only', async () => {
  const root = plantFiles({
    '.env': 'TOKEN=1',
    'gone/.env': 'TOKEN=1',
    'tls/ca.pem': 'CERTIFICATE',
    'tls/id_rsa': '',
  });
  const entries = await list(root, 'gone', { withIgnored: true });
  expect(entries.filter((entry) => entry.secret !== undefined)).toEqual([
    { path: '.env', type: 'file', sizeBytes: 7, secret: 'environment file' },
    { path: 'tls/id_rsa', type: 'file', sizeBytes: 0, secret: 'private key' },
  ]);
});

test('what packing refuses, listing refuses', async () => {
  const root = plantFiles({ a: '' });
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await expect(list(root, '')).rejects.toMatchObject({ code: 'context-file-unsupported' });
  expect(await list(root, 'pipe')).toHaveLength(1);
});

test('ends with the abort', async () => {
  const controller = new AbortController();
  controller.abort(new Error('stop'));
  const entries = listTree(plantFiles({ a: '' }), createIgnoreMatcher([]), {}, testRun(controller.signal));
  await expect(entries.next()).rejects.toThrow('stop');
});
