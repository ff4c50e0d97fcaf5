import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { create } from 'tar';
import { createSeededRandom, type SeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';
import { type ExecutorVersion, fetchWithExecutor } from './fetch-with-executor.ts';
import { splitGzipMembers } from './gzip-members.ts';
import type { ImageEntry } from './image-entries.ts';
import { type ArchiveBytes, openDirectory, openTar, packContext } from './open-context.ts';

// Whatever happens to an archive on its way, the executor builds from the bytes that were packed, or not at all.

const dockerfile = 'FROM scratch\nCOPY . /out/\n';
const random = createSeededRandom(4);
let folder: string;
let authority: CertificateAuthority;
let files: HttpsFiles;
let served = 0;
let archives: Readonly<Record<(typeof kinds)[number], ArchiveBytes>>;
let archive: ArchiveBytes;
let bytes: Buffer;
let truth: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-arrival-'));
  authority = await createCertificateAuthority();
  files = await startHttpsFiles(folder, { authority });
  const root = join(folder, 'tree');
  await makeTree(root);
  await create({ cwd: root, file: join(folder, 'tree.tar') }, await readdir(root));
  archives = {
    'a directory': await packContext(await openDirectory(root), 'stream'),
    'a tar file': await packContext(await openTar(join(folder, 'tree.tar')), 'stream'),
  };
  archive = archives['a directory'];
  bytes = Buffer.concat(archive.pieces);
  truth = await describeTree(root);
});
afterAll(async () => {
  await files[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Small files in several folders, some that compress well, and one that is longer than a piece. */
async function makeTree(root: string): Promise<void> {
  const random = createSeededRandom(1);
  const noise = (length: number): Buffer => noiseOf(random, length);
  await mkdir(join(root, 'large'), { recursive: true });
  await writeFile(join(root, 'Dockerfile'), dockerfile);
  await writeFile(join(root, 'large/noise'), noise(3_500_000));
  await writeFile(join(root, 'large/repeated'), Buffer.alloc(1_500_000, 'kanikit '));
  for (let index = 0; index < 60; index += 1) {
    await mkdir(join(root, `d${index % 7}`), { recursive: true });
    await writeFile(join(root, `d${index % 7}/f${index}`), noise(random.below(60_000)));
  }
}

function noiseOf(from: SeededRandom, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => from.below(256)));
}

/** Paths with the digests of their contents, as `COPY . /out/` should make them. */
async function describeTree(root: string): Promise<readonly string[]> {
  const paths = await readdir(root, { recursive: true });
  const lines = paths.map(async (path) =>
    (await stat(join(root, path))).isDirectory()
      ? `out/${path}`
      : `out/${path} ${createHash('sha256')
          .update(await readFile(join(root, path)))
          .digest('hex')}`,
  );
  return ['out', ...(await Promise.all(lines))].toSorted();
}

const describeImage = (image: readonly ImageEntry[]): readonly string[] =>
  image.map(({ path, sha256 }) => [path, sha256].filter(Boolean).join(' ')).toSorted();

type Way = 'https' | 'stdin';
type Verdict = 'refused' | 'right' | 'wrong';

/** What an executor makes of these bytes, told to build from the archive that was packed. */
async function deliver(
  sent: Uint8Array,
  version: ExecutorVersion,
  way: Way,
  name = archive.dockerfile,
): Promise<Verdict> {
  const file = `${(served += 1)}.tar.gz`;
  if (way === 'https') await writeFile(join(folder, file), sent);
  const outcome = await fetchWithExecutor({
    version,
    delivery:
      way === 'stdin'
        ? { archive: piecesOf(sent), isClosedBehind: true }
        : {
            context: `${files.url}/${file}`,
            isSecret: true,
            args: [],
            env: {},
            secretEnv: {},
            certificateAuthorities: authority.certificate,
          },
    dockerfile: name,
    signal: AbortSignal.timeout(60_000),
  });
  if (way === 'https') await rm(join(folder, file));
  if (!outcome.isBuilt) return 'refused';
  return JSON.stringify(describeImage(outcome.image)) === JSON.stringify(truth) ? 'right' : 'wrong';
}

async function* piecesOf(sent: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < sent.length; start += 65_536) yield sent.subarray(start, start + 65_536);
}

/** Verdicts on each variant: of both releases, one of which reads it from a server and the other from a stream, in turns. */
async function deliverAll(
  variants: readonly Uint8Array[],
  name?: string,
): Promise<readonly (readonly Verdict[])[]> {
  const verdicts: Verdict[][] = [];
  for (const [index, variant] of variants.entries()) {
    const [first, second] = index % 2 === 0 ? (['https', 'stdin'] as const) : (['stdin', 'https'] as const);
    const pair = [deliver(variant, '1.24.0', first, name), deliver(variant, '1.9.2', second, name)];
    verdicts.push(await Promise.all(pair));
  }
  return verdicts;
}

const refusedByAll: readonly Verdict[] = ['refused', 'refused'];
const rightByAll: readonly Verdict[] = ['right', 'right'];

test('the whole archive becomes the image, and what follows its end is not read', async () => {
  expect(archive.pieces.length).toBeGreaterThan(4);
  const followed = Buffer.concat([bytes, noiseOf(random, 5000)]);
  const verdicts = await deliverAll([bytes, bytes, followed, followed]);
  expect(verdicts).toEqual(verdicts.map(() => rightByAll));
});

test('standard input need not end', async () => {
  for (const version of ['1.24.0', '1.9.2'] as const) {
    const outcome = await fetchWithExecutor({
      version,
      delivery: { archive: piecesOf(bytes) },
      dockerfile: archive.dockerfile,
      signal: AbortSignal.timeout(60_000),
    });
    expect(outcome.isBuilt && describeImage(outcome.image)).toEqual(truth);
  }
});

test('cut between any two of its pieces or gzip members, or to nothing, it builds nothing', async () => {
  const members = splitGzipMembers(bytes);
  // Zeros behind the last file may be lost.
  const padding = members.filter((member) => gunzipSync(member).every((byte) => byte === 0));
  const end = bytes.length - Buffer.concat(padding).length;
  const borders = new Set([...bordersOf(archive.pieces), ...bordersOf(members), bytes.length >> 1]);
  const variants = [...borders].filter((border) => border < end).map((border) => bytes.subarray(0, border));
  expect(await deliverAll(variants)).toEqual(variants.map(() => refusedByAll));
});

function bordersOf(pieces: readonly Buffer[]): readonly number[] {
  let end = 0;
  return pieces.map((piece) => (end += piece.length) - piece.length);
}

const kinds = ['a directory', 'a tar file'] as const;
const changes: readonly [
  what: string,
  change: (pieces: readonly Buffer[], index: number) => readonly Buffer[],
][] = [
  ['a piece missing', (pieces, index) => pieces.toSpliced(index, 1)],
  ['a piece twice', (pieces, index) => pieces.toSpliced(index, 0, pieces[index]!)],
  ['two pieces swapped', (pieces, index) => pieces.toSpliced(index, 2, pieces[index + 1]!, pieces[index]!)],
];
const damages = kinds.flatMap((kind) => changes.map(([what, change]) => [kind, what, change] as const));

test.each(damages)('of %s with %s, it builds nothing', async (kind, _what, change) => {
  const { pieces, dockerfile: name } = archives[kind];
  const variants = pieces.slice(0, -1).map((_piece, index) => change(pieces, index));
  const verdicts = await deliverAll(
    variants.map((variant) => Buffer.concat(variant)),
    name,
  );
  // The last two may be the Dockerfile and zeros: twice or in their place, they do no harm.
  const inContent = verdicts.slice(0, -2);
  expect(inContent).toEqual(inContent.map(() => refusedByAll));
  expect(verdicts.flat()).not.toContain('wrong');
});

test.each(kinds)('of %s with a bit changed in any of its gzip members, it builds nothing', async (kind) => {
  const { pieces, dockerfile: name } = archives[kind];
  const whole = Buffer.concat(pieces);
  const variants: Buffer[] = [];
  let start = 0;
  for (const member of splitGzipMembers(whole)) {
    if (gunzipSync(member).some((byte) => byte !== 0)) {
      for (const offset of unseenChanges(member, 12)) {
        variants.push(Buffer.from(whole));
        variants.at(-1)![start + offset]! ^= 1;
      }
    }
    start += member.length;
  }
  expect(await deliverAll(variants, name)).toEqual(variants.map(() => refusedByAll));
});

/** Where the lowest bit of a byte can change so that all can be decompressed as before, and only a checksum tells. */
function unseenChanges(member: Buffer, count: number): readonly number[] {
  const content = gunzipSync(member);
  const found: number[] = [];
  for (let attempt = 0; attempt < 500 && found.length < count; attempt += 1) {
    const offset = 10 + random.below(member.length - 18);
    const changed = Buffer.from(member.subarray(10, -8));
    changed[offset - 10]! ^= 1;
    if (isOfLength(changed, content.length)) found.push(offset);
  }
  return found;
}

function isOfLength(deflated: Buffer, length: number): boolean {
  try {
    return inflateRawSync(deflated).length === length;
  } catch {
    // Not even that.
    return false;
  }
}

test.each<[what: string, path: string, content: string]>([
  ['another file', 'd0/f0', 'other'],
  ['another Dockerfile', 'Dockerfile', `${dockerfile}# other\n`],
])('the archive of a context with %s in its place builds nothing', async (_what, path, content) => {
  const root = await mkdtemp(join(folder, 'other-'));
  await makeTree(root);
  const own = await packContext(await openDirectory(root), 'parts');
  await writeFile(join(root, path), content);
  const other = await packContext(await openDirectory(root), 'parts');
  const verdicts = await deliverAll([Buffer.concat(own.pieces), Buffer.concat(other.pieces)], own.dockerfile);
  expect(verdicts).toEqual([rightByAll, refusedByAll]);
});

test('an archive that is packed again with an index after a change is the one that is packed anew, and arrives', async () => {
  const root = await mkdtemp(join(folder, 'indexed-'));
  const indexFolder = join(folder, 'index');
  await makeTree(root);
  await packContext(await openDirectory(root), 'parts', indexFolder);
  await writeFile(join(root, 'd3/f3'), 'changed');
  await rm(join(root, 'd4/f4'));
  const again = await packContext(await openDirectory(root), 'parts', indexFolder);
  const anew = await packContext(await openDirectory(root), 'parts');
  expect(again.dockerfile).toBe(anew.dockerfile);
  expect(Buffer.concat(again.pieces).equals(Buffer.concat(anew.pieces))).toBe(true);
  truth = await describeTree(root);
  expect(await deliverAll([Buffer.concat(again.pieces)], again.dockerfile)).toEqual([rightByAll]);
});
