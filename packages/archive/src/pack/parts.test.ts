import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ArchivePart } from '@kanikit/spec';
import { collect, suiteFolder, temporaryFolder } from '@kanikit/testing';
import { beforeAll, expect, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { packFolder } from '../testing/pack-folder.ts';
import { archiveIndexed, later, type PackedParts, readParts } from '../testing/pack-indexed.ts';

const mebibyte = 1024 * 1024;
const folders = 10;
const filesPerFolder = 30;

const root = suiteFolder();
const index = suiteFolder();
const store = new Map<string, Uint8Array>();
let before: PackedParts;

/** 28 MB that don't compress, in small files, and one large one. */
function plant(): void {
  for (let folder = 0; folder < folders; folder += 1) {
    mkdirSync(join(root, `folder-${folder}`));
    for (let file = 0; file < filesPerFolder; file += 1) {
      writeFileSync(join(root, `folder-${folder}/file-${file}`), noise(75_000, folder * 1000 + file));
    }
  }
  writeFileSync(join(root, 'folder-5/large'), noise(6_000_000, 7));
}

beforeAll(async () => {
  plant();
  before = await readParts(archiveIndexed(root, index), store);
});

test('parts are 5 to 16 MiB but for the last, and together the archive that a stream is', async () => {
  const { sizes, bytes, summary } = before;
  expect(sizes.length).toBeGreaterThan(3);
  expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(5 * mebibyte);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16 * mebibyte);
  expect(summary.sizeBytes).toBe(bytes.length);
  const stream = packFolder(root, { options: { cut: 'stream' } });
  expect((await collect(stream)).equals(bytes)).toBe(true);
  expect(await stream.summary).toEqual(summary);
});

// One tree changes from row to row: to make and pack it for each would take half a minute.
test.each<[what: string, change: () => void, mostNew: number]>([
  ['is rewritten', () => writeFileSync(join(root, 'folder-3/file-7'), noise(75_000, 1)), 1],
  ['becomes longer', () => appendFileSync(join(root, 'folder-3/file-7'), noise(9000)), 2],
  ['is added at the front', () => writeFileSync(join(root, 'a'), noise(3_000_000)), 2],
  ['is added in the middle', () => writeFileSync(join(root, 'folder-5/a'), noise(2_000_000)), 2],
  ['is added at the end', () => writeFileSync(join(root, 'z'), noise(50_000)), 1],
  ['is large, and is rewritten', () => writeFileSync(join(root, 'folder-5/large'), noise(6_000_000, 8)), 3],
  ['is gone', () => rmSync(join(root, 'folder-9/file-7')), 2],
  ['is a directory, and gone', () => rmSync(join(root, 'folder-2'), { recursive: true }), 2],
])('when an entry %s, few parts are new, the last of them included', async (_what, change, mostNew) => {
  change();
  const after = await readParts(archiveIndexed(root, index), store);
  const fresh = await readParts(packFolder(root));
  expect(gunzipSync(after.bytes).equals(gunzipSync(fresh.bytes))).toBe(true);
  expect(after.summary.digest).toBe(fresh.summary.digest);
  // The end always differs: its names hold the digest of all before.
  const known = new Set(before.digests);
  before = after;
  const newOnes = after.digests.filter((digest) => !known.has(digest));
  expect(newOnes.length).toBeLessThanOrEqual(mostNew + 1);
  expect(Math.min(...after.sizes.slice(0, -1))).toBeGreaterThanOrEqual(5 * mebibyte);
  expect(Math.max(...after.sizes)).toBeLessThanOrEqual(16 * mebibyte);
  expect(await archiveIndexed(root, index).known()).toEqual(after.summary);
});

test('parts that were not taken again can still be read', async () => {
  const read = await readParts(archiveIndexed(root, index));
  expect(read.digests).toEqual(before.digests);
  expect(read.bytes.equals(before.bytes)).toBe(true);
});

test('another Dockerfile makes another last part, and nothing else is read', async () => {
  const dockerfiles = [Buffer.from('FROM other\n')];
  const parts: ArchivePart[] = [];
  for await (const part of archiveIndexed(root, index, later, { dockerfiles }).parts) parts.push(part);
  const digests = parts.map(({ digest }) => digest);
  expect(digests.slice(0, -1)).toEqual(before.digests.slice(0, -1));
  expect(digests.at(-1)).not.toBe(before.digests.at(-1));
});

test('parts can be taken once, and say so', async () => {
  const archive = packFolder(temporaryFolder());
  await collect(archive);
  await expect(collect(archive)).rejects.toThrow('once');
});
