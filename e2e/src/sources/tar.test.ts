import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createStdinSource } from '@kanikit/contexts/stdin';
import { createTarSource } from '@kanikit/contexts/tar';
import type { ArchiveContext, ContextRequest, ContextSource } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildWithExecutor } from '../contexts/build-with-executor.ts';
import { fetchWithExecutor } from '../contexts/fetch-with-executor.ts';
import { packContext } from '../contexts/open-context.ts';

const copyAll = 'FROM scratch\nCOPY . /out/\n';
const versions = ['1.24.0', '1.9.2'] as const;
const longName = `${'long/'.repeat(45)}name-${'x'.repeat(80)}`;
const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_value, index) => (index * index * 31) >> 7));
let folder: string;
let tree: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kanikit-tar-')));
  tree = join(folder, 'tree');
  for (const path of ['app/src', 'empty', join(longName, '..')])
    mkdirSync(join(tree, path), { recursive: true });
  writeFileSync(join(tree, 'Dockerfile'), copyAll);
  // The rules of a tar are the business of whoever made it: docker takes none from inside.
  writeFileSync(join(tree, '.dockerignore'), '**/*.log\napp\n');
  writeFileSync(join(tree, 'app/src/a.log'), 'log');
  writeFileSync(join(tree, 'app/Dockerfile.app'), 'FROM scratch\nCOPY src /src/\n');
  writeFileSync(join(tree, longName), 'deep');
  writeFileSync(join(tree, 'noise'), noise);
  writeFileSync(join(tree, 'ümläut'), 'u');
  writeFileSync(join(tree, 'sparse'), '');
  truncateSync(join(tree, 'sparse'), 2_000_000);
  linkSync(join(tree, 'noise'), join(tree, 'noise-again'));
  symlinkSync('/nowhere', join(tree, 'dangling'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makeTar(name: string, ...flags: readonly string[]): string {
  const file = join(folder, name);
  execFileSync('tar', [...flags, '--sort=name', '-cf', file, '-C', tree, '.']);
  return file;
}

async function open(source: ContextSource, request: Partial<ContextRequest>): Promise<ArchiveContext> {
  const context = await source.open(
    { reference: '-', dockerfile: undefined, workingDirectory: '/', contextSubPath: undefined, ...request },
    { signal: new AbortController().signal, now: Date.now },
  );
  if (context.kind !== 'archive') throw new Error('a tar is sent by the client');
  return context;
}

const openTar = async (reference: string, more: Partial<ContextRequest> = {}) =>
  await open(createTarSource(), { reference, ...more });

/** The paths of the tree, as `COPY . /out/` should make them, but links. */
function pathsOfTree(): readonly string[] {
  return execFileSync('find', ['.', '-mindepth', '1', '-printf', 'out/%P\\n'], { cwd: tree })
    .toString()
    .split('\n')
    .filter(Boolean)
    .concat('out')
    .toSorted();
}

test.each<[what: string, make: () => string]>([
  ['GNU', () => makeTar('gnu.tar', '--format=gnu')],
  ['pax', () => makeTar('pax.tar', '--format=pax')],
  ['pax with sparse files, gzip', () => makeTar('pax.tar.gz', '--format=pax', '-S', '-z')],
  [
    'gzip in several members',
    () => {
      const tar = readFileSync(makeTar('members.tar'));
      const members = Array.from({ length: 8 }, (_value, index) =>
        gzipSync(tar.subarray((index * tar.length) / 8, ((index + 1) * tar.length) / 8)),
      );
      writeFileSync(join(folder, 'members.tgz'), Buffer.concat(members));
      return join(folder, 'members.tgz');
    },
  ],
  [
    'zstd',
    () => {
      writeFileSync(join(folder, 'x.tar.zst'), zstdCompressSync(readFileSync(makeTar('z.tar'))));
      return join(folder, 'x.tar.zst');
    },
  ],
])('a tar in the form of %s becomes the image, whole', async (_what, make) => {
  const context = await openTar(make());
  for (const version of versions) {
    const image = await buildWithExecutor({ context, version, signal: AbortSignal.timeout(60_000) });
    expect(image.map(({ path }) => path)).toEqual(pathsOfTree());
    const [file, other] = ['noise', 'noise-again'].map((name) =>
      image.find(({ path }) => path === `out/${name}`),
    );
    expect(new Set([file?.sha256, other?.sha256])).toEqual(new Set([digestOf(noise), other?.sha256]));
    expect(image.find(({ path }) => path === 'out/sparse')?.sha256).toBe(digestOf(Buffer.alloc(2_000_000)));
  }
});

function digestOf(bytes: Buffer): string {
  return execFileSync('sha256sum', { input: bytes }).toString().slice(0, 64);
}

test('sparse files in the form that the executor leaves out are refused', async () => {
  await expect(openTar(makeTar('sparse.tar', '--format=gnu', '-S'))).rejects.toMatchObject({
    code: 'context-file-unsupported',
    message: expect.stringContaining('"./sparse"') as string,
  });
});

test('a tar on standard input, a Dockerfile from elsewhere, a folder of it', async () => {
  const tar = readFileSync(makeTar('in.tar'));
  const readStdin = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < tar.length; at += 50_000) yield tar.subarray(at, at + 50_000);
  };
  writeFileSync(join(folder, 'Elsewhere'), 'FROM scratch\nCOPY app/src /elsewhere/\n');
  const folderOnly = { contextSubPath: 'app', dockerfile: 'Dockerfile.app' };
  const cases = [
    [await open(createStdinSource(), { readStdin }), 'out/noise'],
    [await open(createStdinSource(), { readStdin, ...folderOnly }), 'src/a.log'],
    [await openTar(join(folder, 'in.tar'), { dockerfile: join(folder, 'Elsewhere') }), 'elsewhere/a.log'],
    [await openTar(join(folder, 'in.tar'), folderOnly), 'src/a.log'],
  ] as const;
  for (const [context, path] of cases) {
    const image = await buildWithExecutor({ context, signal: AbortSignal.timeout(60_000) });
    expect(image.map((entry) => entry.path)).toContain(path);
  }
});

test('cut between any two pieces, it builds nothing', async () => {
  const { pieces, dockerfile } = await packContext(await openTar(makeTar('cut.tar.gz', '-z')), 'stream');
  expect(pieces.length).toBeGreaterThan(4);
  for (let count = 1; count < pieces.length; count += 1) {
    const sent = Buffer.concat(pieces.slice(0, count));
    for (const version of versions) {
      const outcome = await fetchWithExecutor({
        version,
        delivery: { archive: once(sent), isClosedBehind: true },
        dockerfile,
        signal: AbortSignal.timeout(60_000),
      });
      expect({ count, isBuilt: outcome.isBuilt }).toEqual({ count, isBuilt: false });
    }
  }
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test.each<[what: string, cut: (tar: Buffer) => Buffer]>([
  ['plain, between two entries', (tar) => tar.subarray(0, tar.indexOf('ustar', 2_000) - 257)],
  ['plain, in the middle of a file', (tar) => tar.subarray(0, tar.length / 2 + 100)],
  ['gzip', (tar) => gzipSync(tar).subarray(0, -20)],
  ['gzip, at a border of members', (tar) => gzipSync(tar.subarray(0, tar.indexOf('ustar', 2_000) - 257))],
  ['zstd', (tar) => zstdCompressSync(tar).subarray(0, -20)],
])('a tar that was cut off before it came here is refused: %s', async (_what, cut) => {
  const tar = readFileSync(makeTar('whole.tar'));
  const context = await open(createStdinSource(), { readStdin: () => once(cut(tar)) });
  await expect(packContext(context, 'stream')).rejects.toMatchObject({ code: 'context-unreadable' });
});
