import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ArchiveContext, ContextRequest, PreparedContext } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createStdinSource } from '../stdin/index.ts';
import { collect, readArchive, testRun } from '../testing/read-archive.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createTarSource } from './tar-source.ts';

const tarSource = createTarSource();
const stdinSource = createStdinSource();

function makeTar(folder: string, name: string, flags = '-c'): string {
  mkdirSync(join(folder, 'tree/ci'), { recursive: true });
  writeFileSync(join(folder, 'tree/Dockerfile'), 'FROM scratch');
  writeFileSync(join(folder, 'tree/ci/Dockerfile.b'), 'FROM b');
  execFileSync('tar', [flags, '-f', join(folder, name), '-C', join(folder, 'tree'), '.']);
  return join(folder, name);
}

const request = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference,
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
  ...more,
});

function asArchive(context: PreparedContext): ArchiveContext {
  if (context.kind !== 'archive') throw new Error('expected an archive');
  return context;
}

async function* chunksOf(bytes: Buffer, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

test('takes names of tar files only', () => {
  expect(['a.tar', 'a.tar.gz', './b.TGZ', 'c.tar.xz'].every((name) => tarSource.accepts(name))).toBe(true);
  expect(['a', 'tar', '-', 'https://h/a.tar.gz', 'a.gz'].some((name) => tarSource.accepts(name))).toBe(false);
});

test('a plain tar is compressed on the way', async () => {
  const file = makeTar(temporaryFolder(), 'x.tar');
  const context = asArchive(await tarSource.open(request(file), testRun()));
  expect(context.dockerfileText).toBe('FROM scratch');
  const packed = gunzipSync(await collect(context.pack({}, testRun())));
  const original = readFileSync(file);
  expect(packed.subarray(0, original.length).equals(original)).toBe(true);
  expect(packed.length).toBe(original.length + 10 * 1024);
});

test('a gzip tar passes through, and zeros follow as a member of their own', async () => {
  const file = makeTar(temporaryFolder(), 'x.tar.gz', '-cz');
  const context = asArchive(
    await tarSource.open(request(file, { dockerfile: 'ci/Dockerfile.b' }), testRun()),
  );
  expect(context).toMatchObject({ dockerfile: 'ci/Dockerfile.b', dockerfileText: 'FROM b' });
  const packed = await collect(context.pack({}, testRun()));
  const original = readFileSync(file);
  expect(packed.subarray(0, original.length).equals(original)).toBe(true);
  expect(gunzipSync(packed.subarray(original.length))).toEqual(Buffer.alloc(10 * 1024));
});

test.each([1, 100, 512, 100_000])(
  'standard input in chunks of %i bytes, plain and gzip',
  async (sizeBytes) => {
    const tar = readFileSync(makeTar(temporaryFolder(), 'x.tar'));
    for (const bytes of [tar, gzipSync(tar)]) {
      const open = stdinSource.open(request('-', { readStdin: () => chunksOf(bytes, sizeBytes) }), testRun());
      const context = asArchive(await open);
      const packed = await collect(context.pack({}, testRun()));
      expect((await readArchive(packed)).map((entry) => entry.path)).toContain('./Dockerfile');
      expect(() => context.pack({}, testRun())).toThrow('only once');
    }
  },
);

test('a directory with such a name is a directory', async () => {
  const folder = join(temporaryFolder(), 'x.tar');
  mkdirSync(folder);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM d');
  expect(await tarSource.open(request(folder), testRun())).toMatchObject({ dockerfileText: 'FROM d' });
});

test.each<
  [why: string, prepare: (file: string) => void, more: Partial<ContextRequest>, code: string, word: string]
>([
  ['bzip2', (file) => writeFileSync(file, 'BZh91AY'), {}, 'context-archive-unsupported', 'bzip2'],
  [
    'zstd',
    (file) => writeFileSync(file, Buffer.from([0x28, 0xb5, 0x2f, 0xfd])),
    {},
    'context-archive-unsupported',
    'zstd',
  ],
  ['text', (file) => writeFileSync(file, 'hello'), {}, 'context-archive-unsupported', 'not a tar'],
  [
    'a gzip stream cut off',
    (file) => writeFileSync(file, gzipSync(readFileSync(file)).subarray(0, 90)),
    {},
    'context-unreadable',
    'x.tar',
  ],
  ['no Dockerfile', () => {}, { dockerfile: 'none' }, 'dockerfile-missing', '"none"'],
  ['a Dockerfile outside', () => {}, { dockerfile: '/Dockerfile' }, 'dockerfile-unsupported', 'inside'],
  ['a sub-path', () => {}, { contextSubPath: 'ci' }, 'context-option-unsupported', 'ci'],
])('refuses %s', async (_why, prepare, more, code, word) => {
  const file = makeTar(temporaryFolder(), 'x.tar');
  prepare(file);
  await expect(tarSource.open(request(file, more), testRun())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(word) as string,
  });
});

test('refuses a missing file, and one that changes between opening and packing', async () => {
  const folder = temporaryFolder();
  await expect(tarSource.open(request(join(folder, 'no.tar')), testRun())).rejects.toMatchObject({
    code: 'context-missing',
  });
  const file = makeTar(folder, 'x.tar');
  const context = asArchive(await tarSource.open(request(file), testRun()));
  appendFileSync(file, Buffer.alloc(512));
  await expect(collect(context.pack({}, testRun()))).rejects.toMatchObject({ code: 'context-changed' });
});

test('an input that stays silent ends with the abort', async () => {
  const controller = new AbortController();
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const opening = stdinSource.open(request('-', { readStdin: () => silent }), testRun(controller.signal));
  const reason = new Error('gone');
  controller.abort(reason);
  await expect(opening).rejects.toBe(reason);
});
