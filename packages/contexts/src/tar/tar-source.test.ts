import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  createReadStream,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type {
  ArchiveContext,
  ContextRequest,
  PackOptions,
  PackProgress,
  PreparedContext,
} from '@kanikit/spec';
import { readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createStdinSource } from '../stdin/index.ts';
import { openArchiveContext } from './archive-context.ts';
import { createTarSource } from './tar-source.ts';

const tarSource = createTarSource();
const stdinSource = createStdinSource();

function makeTar(folder: string, name: string, flags = '-c'): string {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'ci'), { recursive: true });
  writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch');
  writeFileSync(join(tree, 'ci/Dockerfile.b'), 'FROM b');
  rmSync(join(tree, 'ci/link'), { force: true });
  symlinkSync('../Dockerfile', join(tree, 'ci/link'));
  execFileSync('tar', ['--mtime=@0', '--sort=name', flags, '-f', join(folder, name), '-C', tree, '.']);
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

const openTar = async (file: string, more: Partial<ContextRequest> = {}) =>
  asArchive(await tarSource.open(request(file, more), testRun()));
const openStdin = async (bytes: Buffer, sizeBytes = 1000, more: Partial<ContextRequest> = {}) =>
  asArchive(
    await stdinSource.open(request('-', { readStdin: () => chunksOf(bytes, sizeBytes), ...more }), testRun()),
  );

async function* chunksOf(bytes: Buffer, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function pack(context: ArchiveContext, options: PackOptions = {}) {
  const packed = context.pack(options, testRun());
  const pieces: Uint8Array[] = [];
  for await (const part of packed.parts) pieces.push(await part.read());
  const bytes = Buffer.concat(pieces);
  const entries = await readArchive(bytes);
  return { bytes, entries, pieces, summary: await packed.summary };
}

test('takes names of tar files only', () => {
  expect(['a.tar', 'a.tar.gz', './b.TGZ', 'c.tar.xz'].every((name) => tarSource.accepts(name))).toBe(true);
  expect(['a', 'tar', '-', 'https://h/a.tar.gz', 'a.gz'].some((name) => tarSource.accepts(name))).toBe(false);
});

test.each([
  ['plain', (tar: Buffer) => tar, 'x.tar'],
  ['gzip', (tar: Buffer) => gzipSync(tar), 'x.tar.gz'],
  [
    'gzip in several members',
    (tar: Buffer) =>
      Buffer.concat([tar.subarray(0, 1024), tar.subarray(1024)].map((piece) => gzipSync(piece))),
    'x.tgz',
  ],
  ['zstd', (tar: Buffer) => zstdCompressSync(tar), 'x.tar.zst'],
  ['without padding', (tar: Buffer) => tar.subarray(0, tar.length - 4096), 'x.tar'],
  ['with rubbish behind its end', (tar: Buffer) => Buffer.concat([tar, Buffer.from('rubbish')]), 'x.tar'],
])('a tar that is %s is sent with all it holds, under the same digest', async (_how, convert, name) => {
  const folder = temporaryFolder();
  const plain = readFileSync(makeTar(folder, 'plain.tar'));
  const file = join(folder, name);
  writeFileSync(file, convert(plain));
  const { entries, bytes, summary } = await pack(await openTar(file));
  const reference = await pack(await openTar(join(folder, 'plain.tar')));
  expect(summary.digest).toBe(reference.summary.digest);
  const [dockerfile = ''] = summary.dockerfiles;
  expect(dockerfile).toMatch(/^\.kanikit\.[0-9a-f]{20}\.Dockerfile$/);
  expect(entries.map((entry) => entry.path)).toEqual([
    './Dockerfile',
    './ci',
    './ci/Dockerfile.b',
    './ci/link',
    `${dockerfile}.dockerignore`,
    dockerfile,
  ]);
  expect(entries.at(-1)?.contents.toString()).toBe('FROM scratch');
  expect(summary.sizeBytes).toBe(bytes.length);
});

test('the executor finds the end without waiting for more', async () => {
  const { bytes } = await pack(await openTar(makeTar(temporaryFolder(), 'x.tar')));
  expect(gunzipSync(bytes).subarray(-10 * 1024)).toEqual(Buffer.alloc(10 * 1024));
});

test('what the executor itself would ignore is told to be nothing but what was put in', async () => {
  const { entries, summary } = await pack(await openTar(makeTar(temporaryFolder(), 'x.tar')));
  const [dockerfile = ''] = summary.dockerfiles;
  const ignoreFile = entries.find((entry) => entry.path === `${dockerfile}.dockerignore`);
  expect(ignoreFile?.contents.toString().split('\n').slice(1)).toEqual([
    dockerfile,
    `${dockerfile}.dockerignore`,
    'context.tar.gz',
    '',
  ]);
});

test.each<[where: string, more: Partial<ContextRequest>, text: string]>([
  ['inside', { dockerfile: 'ci/Dockerfile.b' }, 'FROM b'],
  ['inside, behind a link', { dockerfile: './ci/link' }, 'FROM scratch'],
  ['on this machine', { dockerfile: '{folder}/outside' }, 'FROM outside'],
  [
    'on this machine, by a relative path',
    { dockerfile: 'outside', workingDirectory: '{folder}' },
    'FROM outside',
  ],
  ['on standard input', { dockerfile: '-', readStdin: () => chunksOf(Buffer.from('FROM in'), 2) }, 'FROM in'],
  ['in the folder that is the context', { dockerfile: 'Dockerfile.b', contextSubPath: './ci/' }, 'FROM b'],
])('a Dockerfile %s', async (_where, more, text) => {
  const folder = temporaryFolder();
  const file = makeTar(folder, 'x.tar');
  writeFileSync(join(folder, 'outside'), 'FROM outside');
  const inFolder = (value: string | undefined) => value?.replace('{folder}', folder);
  const context = await openTar(file, {
    ...more,
    dockerfile: inFolder(more.dockerfile),
    workingDirectory: inFolder(more.workingDirectory) ?? '/',
  });
  expect(context).toMatchObject({ dockerfileText: text, isDockerfileApart: false });
  const { entries, summary } = await pack(context);
  const place = context.contextSubPath === undefined ? '' : `${context.contextSubPath}/`;
  expect(entries.at(-1)).toMatchObject({ path: `${place}${summary.dockerfiles[0]}` });
  expect(entries.at(-1)?.contents.toString()).toBe(text);
});

test('builds of one tar share one archive', async () => {
  const file = makeTar(temporaryFolder(), 'x.tar.gz', '-cz');
  const [first, second] = [await openTar(file), await openTar(file, { dockerfile: 'ci/Dockerfile.b' })];
  expect(first.shareKey).toBe(second.shareKey);
  const { entries, summary } = await pack(first, { sharedWith: [second] });
  const contents = summary.dockerfiles.map((name) =>
    entries.find((entry) => entry.path === name)?.contents.toString(),
  );
  expect(contents).toEqual(['FROM scratch', 'FROM b']);
});

test('archives that are fetched are shared, too, by Dockerfiles that nobody has read yet', async () => {
  const bytes = readFileSync(makeTar(temporaryFolder(), 'x.tar'));
  const fetched = {
    name: 'https://example.com/x.tar',
    read: () => chunksOf(bytes, 10_000),
    isAtHand: false,
    shareKey: 'tag',
  };
  const [first, second] = [
    await openArchiveContext(fetched, request('x'), testRun()),
    await openArchiveContext(fetched, request('x', { dockerfile: 'ci/Dockerfile.b' }), testRun()),
  ];
  const { entries, summary } = await pack(first, { sharedWith: [second] });
  const contents = summary.dockerfiles.map((name) =>
    entries.find((entry) => entry.path === name)?.contents.toString(),
  );
  expect({ contents, text: first.dockerfileText, list: first.list }).toEqual({
    contents: ['FROM scratch', 'FROM b'],
    text: undefined,
    list: undefined,
  });
  const missing = await openArchiveContext(fetched, request('x', { dockerfile: 'none' }), testRun());
  await expect(pack(missing)).rejects.toMatchObject({ code: 'dockerfile-missing' });
});

test('a seal is in the names before anything is read', async () => {
  const context = await openTar(makeTar(temporaryFolder(), 'x.tar'));
  const packed = context.pack({ seal: 'abc1', cut: 'stream' }, testRun());
  expect(await packed.dockerfiles).toEqual(['.kanikit.abc1.Dockerfile']);
  const { summary } = await pack(context, { seal: 'abc1', cut: 'stream' });
  expect(summary.dockerfiles).toEqual(['.kanikit.abc1.Dockerfile']);
});

test('large archives come in parts, with the same digests each time, or piece by piece', async () => {
  const folder = temporaryFolder();
  makeTar(folder, 'x.tar');
  const noise = Buffer.alloc(20 * 1024 * 1024, 'x');
  for (let at = 0; at < noise.length; at += 8) noise.writeDoubleLE(Math.sin(at), at);
  writeFileSync(join(folder, 'tree/noise'), noise);
  const context = await openTar(makeTar(folder, 'x.tar'));
  const parts = async (options: PackOptions) => {
    const found: { digest: string; sizeBytes: number }[] = [];
    for await (const { digest, sizeBytes } of context.pack(options, testRun()).parts) {
      found.push({ digest, sizeBytes });
    }
    return found;
  };
  const whole = await parts({});
  expect(whole.length).toBeGreaterThan(1);
  expect(whole.slice(0, -1).every(({ sizeBytes }) => sizeBytes >= 8 * 1024 * 1024)).toBe(true);
  expect(await parts({})).toEqual(whole);
  expect((await parts({ cut: 'stream' })).length).toBeGreaterThan(15);
});

test.each([1, 100, 512, 100_000])(
  'standard input in chunks of %i bytes, plain and compressed',
  async (sizeBytes) => {
    const tar = readFileSync(makeTar(temporaryFolder(), 'x.tar'));
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar)]) {
      const context = await openStdin(bytes, sizeBytes);
      const { entries } = await pack(context);
      expect(entries.at(-1)?.contents.toString()).toBe('FROM scratch');
      await expect(pack(context)).rejects.toThrow('only once');
    }
  },
);

test('progress tells how much there is in all', async () => {
  const context = await openTar(makeTar(temporaryFolder(), 'x.tar.gz', '-cz'));
  const reports: PackProgress[] = [];
  await pack(context, { onProgress: (progress) => reports.push(progress) });
  expect(reports.at(-1)).toMatchObject({ files: 3, bytes: 18, totalFiles: 3, totalBytes: 18 });
});

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
  ['a zip', (file) => writeFileSync(file, 'PK\u0003\u0004..'), {}, 'context-archive-unsupported', 'zip'],
  [
    'a web page',
    (file) => writeFileSync(file, '\ufeff\n<!DOCTYPE html><html>'),
    {},
    'context-archive-unsupported',
    'web page',
  ],
  ['text', (file) => writeFileSync(file, 'hello'), {}, 'context-archive-unsupported', 'not a tar'],
  ['nothing', (file) => writeFileSync(file, ''), {}, 'context-archive-unsupported', 'empty'],
  ['no Dockerfile', () => {}, { dockerfile: 'none' }, 'dockerfile-missing', '"none"'],
  ['a folder as Dockerfile', () => {}, { dockerfile: 'ci' }, 'dockerfile-missing', '"ci"'],
  ['no Dockerfile on this machine', () => {}, { dockerfile: '/no/such' }, 'dockerfile-missing', '/no/such'],
  ['a sub-path without it', () => {}, { contextSubPath: 'cd' }, 'dockerfile-missing', '"cd/Dockerfile"'],
])('refuses %s', async (_why, prepare, more, code, word) => {
  const file = makeTar(temporaryFolder(), 'x.tar');
  prepare(file);
  await expect(tarSource.open(request(file, more), testRun())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(word) as string,
  });
});

const packedIn = (folder: string, ...args: string[]): string => {
  const file = join(temporaryFolder(), 'made.tar');
  execFileSync('tar', ['-cf', file, '-C', folder, ...args]);
  return file;
};

test.each(['at hand', 'streamed', 'at hand, with a Dockerfile beside it'])(
  'a Dockerfile that is no text is refused in an archive %s',
  async (how) => {
    const folder = temporaryFolder();
    const utf16 = Buffer.from('FROM scratch\n', 'utf16le');
    writeFileSync(join(folder, 'Dockerfile'), utf16);
    writeFileSync(join(folder, 'Other'), utf16);
    const file = packedIn(folder, 'Dockerfile');
    const more = how.endsWith('it') ? { workingDirectory: folder, dockerfile: './Other' } : {};
    const opening =
      how === 'streamed'
        ? openStdin(readFileSync(file)).then(pack)
        : tarSource.open(request(file, more), testRun());
    await expect(opening).rejects.toMatchObject({
      code: 'dockerfile-unreadable',
      message: expect.stringContaining('line 1: it is encoded in UTF-16LE') as string,
    });
  },
);

test.each(['at hand', 'streamed'])(
  'an archive (%s) whose files are all in one folder: it is named',
  async (how) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'proj-1.0', 'sub'), { recursive: true });
    writeFileSync(join(folder, 'proj-1.0', 'Dockerfile'), 'FROM x');
    const file = packedIn(folder, 'proj-1.0');
    const opening =
      how === 'at hand'
        ? tarSource.open(request(file), testRun())
        : stdinSource
            .open(request('-', { readStdin: () => createReadStream(file) }), testRun())
            .then(async (context) => pack(asArchive(context)));
    await expect(opening).rejects.toMatchObject({
      code: 'dockerfile-missing',
      hint: expect.stringContaining('`contextSubPath: proj-1.0`') as string,
    });
    writeFileSync(join(folder, 'README'), 'beside it');
    await expect(
      tarSource.open(request(packedIn(folder, 'proj-1.0', 'README')), testRun()),
    ).rejects.toMatchObject({ hint: expect.stringContaining('There is "proj-1.0/Dockerfile"') as string });
  },
);

test.each<[what: string, make: (folder: string) => void]>([
  ['to nothing', (folder) => symlinkSync('gone', join(folder, 'Dockerfile'))],
  [
    'to a folder',
    (folder) => {
      mkdirSync(join(folder, 'ci'));
      symlinkSync('ci', join(folder, 'Dockerfile'));
    },
  ],
  ['out of the archive', (folder) => symlinkSync('../../etc/passwd', join(folder, 'Dockerfile'))],
])('a Dockerfile that is a link %s is told as that', async (_what, make) => {
  const folder = temporaryFolder();
  make(folder);
  const file = packedIn(folder, '.');
  const dead = {
    code: 'dockerfile-unreadable',
    message: expect.stringMatching(/"Dockerfile".*is a link to/) as string,
  };
  await expect(tarSource.open(request(file), testRun())).rejects.toMatchObject(dead);
  const streamed = stdinSource
    .open(request('-', { readStdin: () => createReadStream(file) }), testRun())
    .then(async (context) => pack(asArchive(context)));
  await expect(streamed).rejects.toMatchObject(dead);
});

test('a file that tar was told twice is a hard link to itself, and refused as that', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'Dockerfile'), 'FROM x');
  await expect(tarSource.open(request(packedIn(folder, '.', 'Dockerfile')), testRun())).rejects.toMatchObject(
    {
      code: 'context-file-unsupported',
      message: expect.stringContaining('a hard link to itself') as string,
    },
  );
});

test('a name that leads out of the archive is refused', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM x');
  const file = packedIn(join(folder, 'in'), '-P', '../Dockerfile');
  await expect(tarSource.open(request(file), testRun())).rejects.toMatchObject({
    code: 'context-file-unsupported',
    message: expect.stringContaining('"../Dockerfile" leads out') as string,
  });
});

test('refuses a missing file, and one that changes between opening and packing', async () => {
  const folder = temporaryFolder();
  await expect(tarSource.open(request(join(folder, 'no.tar')), testRun())).rejects.toMatchObject({
    code: 'context-missing',
  });
  const file = makeTar(folder, 'x.tar');
  const context = await openTar(file);
  appendFileSync(file, Buffer.alloc(512));
  await expect(pack(context)).rejects.toMatchObject({ code: 'context-changed' });
});

test('an input that stays silent ends with the abort', async () => {
  const controller = new AbortController();
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const opening = stdinSource.open(request('-', { readStdin: () => silent }), testRun(controller.signal));
  const reason = new Error('gone');
  controller.abort(reason);
  await expect(opening).rejects.toBe(reason);
});

test('a tar that is mostly node_modules is sent with a warning, whose advice is not an ignore file', async () => {
  const folder = temporaryFolder();
  const modules = join(folder, 'tree/web/node_modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, 'big'), Buffer.alloc(6_000_000));
  const { summary } = await pack(await openTar(makeTar(folder, 'heavy.tar')));
  expect(summary.warnings).toEqual([
    {
      code: 'context-mostly-node-modules',
      message: "6.0 MB of the context's 6.0 MB are in node_modules",
      hint: 'Leave node_modules out of the archive if the build does not need it.',
    },
  ]);
});
