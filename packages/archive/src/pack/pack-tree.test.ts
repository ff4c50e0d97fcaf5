import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  closeSync,
  existsSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Header } from 'tar';
import { collect, isSealEntry, listPaths, readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { PackedArchive } from '@kanikit/spec';
import { noise } from '../testing/noise.ts';
import { packFolder } from '../testing/pack-folder.ts';

const pack = (root: string, ignore = '', signal?: AbortSignal): PackedArchive =>
  packFolder(root, { ignore, run: testRun(signal), options: { cut: 'stream' } });
test('everything a tree can hold comes out of the archive again', async () => {
  const root = temporaryFolder();
  const deep = join('d'.repeat(90), 'e'.repeat(90), 'f'.repeat(90));
  mkdirSync(join(root, deep), { recursive: true });
  mkdirSync(join(root, 'empty'), { mode: 0o700 });
  const files: Record<string, Buffer> = {
    zero: Buffer.alloc(0),
    small: Buffer.from('hello'),
    block: noise(512),
    limit: noise(64 * 1024),
    'limit+1': noise(64 * 1024 + 1),
    large: noise(5 * 1024 * 1024 + 3),
    'ünï/😀.txt': Buffer.from('unicode'),
    [join(deep, `${'n'.repeat(120)}.txt`)]: Buffer.from('long'),
    ['l'.repeat(100)]: Buffer.from('one hundred'),
    'new\nline': Buffer.from('odd'),
  };
  mkdirSync(join(root, 'ünï'));
  for (const [path, contents] of Object.entries(files)) writeFileSync(join(root, path), contents);
  chmodSync(join(root, 'small'), 0o4751);
  symlinkSync('small', join(root, 'link'));
  symlinkSync('/etc/absolute', join(root, 'link-absolute'));
  symlinkSync('nowhere', join(root, 'link-dangling'));
  symlinkSync('t'.repeat(150), join(root, 'link-long'));
  linkSync(join(root, 'large'), join(root, 'zz-hardlink'));

  const entries = await readArchive(await collect(pack(root)));
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  expect(byPath.size).toBe(entries.length);
  for (const [path, contents] of Object.entries(files)) {
    // The reader of the test gives up on names with a newline; GNU tar reads them below.
    if (path.includes('\n')) continue;
    expect([path, byPath.get(path)?.contents.equals(contents)]).toEqual([path, true]);
  }
  expect(byPath.get('small')?.mode).toBe(0o4751);
  expect(byPath.get('empty')).toMatchObject({ type: 'Directory', mode: 0o700 });
  expect(byPath.get('link')).toMatchObject({ type: 'SymbolicLink', linkpath: 'small' });
  expect(byPath.get('link-absolute')?.linkpath).toBe('/etc/absolute');
  expect(byPath.get('link-dangling')?.linkpath).toBe('nowhere');
  expect(byPath.get('link-long')?.linkpath).toBe('t'.repeat(150));
  expect(byPath.get('zz-hardlink')).toMatchObject({ type: 'Link', linkpath: 'large' });
  for (const entry of entries) expect(entry).toMatchObject({ owner: '0:0', mtime: 0 });
});

test('GNU tar unpacks it to the same tree, names that are not UTF-8 included', async () => {
  const root = temporaryFolder();
  const folder = Buffer.concat([Buffer.from(`${root}/d`), Buffer.of(0xe9)]);
  mkdirSync(folder);
  for (const name of [Buffer.from('x\n\u00E9'), Buffer.of(0x66, 0xff, 0x7f), Buffer.alloc(140, 0xe9)]) {
    writeFileSync(Buffer.concat([folder, Buffer.from('/'), name]), name);
  }
  symlinkSync(Buffer.of(0xfe, 0x2f, 0xe9), Buffer.concat([folder, Buffer.from('/link')]));
  const out = temporaryFolder();
  execFileSync('tar', ['-xz', '-C', out], { input: await collect(pack(root)) });
  execFileSync('sh', ['-c', 'diff -r --no-dereference -x ".kanikit.*" "$1" "$2"', 'sh', root, out]);
});

test('the same tree gives the same bytes, whatever the order and time it was made', async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const names = ['b', 'a', 'é', '\uFF5E', '😀', 'a-b', 'a.b'];
  for (const [root, list] of [
    [first, names],
    [second, names.toReversed()],
  ] as const) {
    for (const name of list) {
      mkdirSync(join(root, `dir-${name}`));
      writeFileSync(join(root, `dir-${name}`, name), noise(70_000));
    }
  }
  utimesSync(join(second, 'dir-a', 'a'), 5, 5);
  expect((await collect(pack(first))).equals(await collect(pack(second)))).toBe(true);
});

test('times are kept in whole seconds where asked for', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'file'), '');
  symlinkSync('file', join(root, 'link'));
  utimesSync(join(root, 'file'), 0, 1_234_567.89);
  lutimesSync(join(root, 'link'), 0, 7654);
  const entries = await readArchive(await collect(packFolder(root, { mtime: 'keep' })));
  const own = entries.filter((entry) => !isSealEntry(entry));
  expect(own.map((entry) => [entry.path, entry.mtime])).toEqual([
    ['file', 1_234_567_000],
    ['link', 7_654_000],
  ]);
});

test('the tar begins with its root, open to all, and ends in at least 10 KiB of zeros inside of the gzip stream', async () => {
  const root = temporaryFolder();
  chmodSync(root, 0o700);
  const tar = gunzipSync(await collect(pack(root)));
  expect(new Header(tar)).toMatchObject({ path: './', mode: 0o755, type: 'Directory' });
  const zeros = tar.subarray(-10 * 1024);
  expect(zeros).toHaveLength(10 * 1024);
  expect(zeros.every((byte) => byte === 0)).toBe(true);
});

test.each<[why: string, ignore: string, expected: string[]]>([
  ['nothing', '', ['a', 'a/b', 'a/b/c', 'a/d', 'e']],
  ['a directory', 'a', ['e']],
  ['a child is brought back, with its parents', 'a\n!a/b/c', ['a', 'a/b', 'a/b/c', 'e']],
  ['a wildcard brings back', '*\n!**/c', ['a', 'a/b', 'a/b/c']],
  ['everything but one', '*\n!e', ['e']],
  ['a directory is ignored again', 'a\n!a/d\na/', ['a', 'a/d', 'e']],
  ['the last rule wins', '*\n!a\na/d\n!e', ['a', 'a/b', 'a/b/c', 'e']],
  ['two stars take everything', '**', []],
])('rules on a tree: %s', async (_why, ignore, expected) => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'a/b'), { recursive: true });
  for (const file of ['a/b/c', 'a/d', 'e']) writeFileSync(join(root, file), file);
  expect(await listPaths(pack(root, ignore))).toEqual(expected);
});

test.each<[what: string, change: (file: string) => void, message: string]>([
  ['grows', (file) => appendFileSync(file, 'x'), 'became longer'],
  ['shrinks', (file) => truncateSync(file, 4 * 1024 * 1024), 'became shorter'],
  ['is rewritten', (file) => rewriteEnd(file), 'changed'],
])('a file that %s while it is read is an error', async (_what, change, message) => {
  const root = temporaryFolder();
  const file = join(root, 'large');
  writeFileSync(file, noise(16 * 1024 * 1024));
  await expect(collectAfterFirst(pack(root), () => change(file))).rejects.toMatchObject({
    code: 'context-changed',
    message: expect.stringContaining(`"large" ${message}`) as string,
  });
});

test.each<[what: string, change: (root: string) => void, code: string]>([
  ['vanishes', (root) => rmSync(join(root, 'z')), 'context-changed'],
  ['becomes a directory', (root) => (rmSync(join(root, 'z')), mkdirSync(join(root, 'z'))), 'context-changed'],
  [
    'becomes a link',
    (root) => (rmSync(join(root, 'z')), symlinkSync('large', join(root, 'z'))),
    'context-changed',
  ],
  ['becomes a pipe', (root) => (rmSync(join(root, 'z')), makePipe(join(root, 'z'))), 'context-changed'],
])('a listed file that %s before its turn is an error', async (_what, change, code) => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'large'), noise(16 * 1024 * 1024));
  writeFileSync(join(root, 'z'), 'z');
  await expect(collectAfterFirst(pack(root), () => change(root))).rejects.toMatchObject({
    code,
    message: expect.stringContaining('"z"') as string,
  });
});

test('special files are refused by name, and are no matter where they are ignored', async () => {
  const root = temporaryFolder();
  makePipe(join(root, 'pipe'));
  await expect(collect(pack(root))).rejects.toMatchObject({
    code: 'context-file-unsupported',
    message: expect.stringContaining('"pipe" is a pipe') as string,
  });
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(join(root, 'socket'), resolve));
  await expect(collect(pack(root, 'pipe'))).rejects.toThrow('"socket" is a socket');
  expect(await listPaths(pack(root, 'pipe\nsocket'))).toEqual([]);
});

test('an abort in the middle ends it with its reason and leaves no file open', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'large'), noise(24 * 1024 * 1024));
  const controller = new AbortController();
  const reason = new Error('the user is gone');
  const archive = pack(root, '', controller.signal);
  await expect(collectAfterFirst(archive, () => controller.abort(reason))).rejects.toBe(reason);
  await expect(archive.summary).rejects.toBe(reason);
  expect(openFiles(root)).toEqual([]);
});

test('a consumer that stops early leaves no file open', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'large'), noise(24 * 1024 * 1024));
  const archive = pack(root);
  for await (const _part of archive.parts) break;
  expect(openFiles(root)).toEqual([]);
  await expect(archive.summary).rejects.toMatchObject({ code: 'cancelled' });
});

/** Something happens once the first part is there. */
async function collectAfterFirst(archive: PackedArchive, happen: () => void): Promise<void> {
  let isFirst = true;
  for await (const part of archive.parts) {
    await part.read();
    if (isFirst) happen();
    isFirst = false;
  }
}

function rewriteEnd(file: string): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, 'rewritten', 15 * 1024 * 1024);
  closeSync(descriptor);
}

function makePipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path]);
}

function openFiles(root: string): readonly string[] {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((descriptor) => readLinkOrNothing(join(folder, descriptor)))
    .filter((target) => target.startsWith(root));
}

function readLinkOrNothing(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // The descriptor that listed the folder is closed by now.
    return '';
  }
}
