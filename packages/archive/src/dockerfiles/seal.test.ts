import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, type InflateRaw, inflateRawSync } from 'node:zlib';
import { collect, isSealEntry, readArchive, temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { packFolder } from '../testing/pack-folder.ts';

/** Enough for many members; it compresses well, so that gzip reads them quickly. */
function plant(): string {
  const root = temporaryFolder();
  for (let count = 0; count < 30; count += 1)
    writeFileSync(join(root, `f${count}`), Buffer.alloc(200_000, noise(500, count)));
  return root;
}

async function piecesOf(root: string): Promise<{ pieces: readonly Uint8Array[]; dockerfile: string }> {
  const archive = packFolder(root, { options: { cut: 'stream' } });
  const pieces: Uint8Array[] = [];
  for await (const part of archive.parts) pieces.push(await part.read());
  return { pieces, dockerfile: (await archive.summary).dockerfiles[0]! };
}

test('an archive is gzip, and ends in a member of nothing but zeros behind the checksum of all the rest', async () => {
  const { pieces } = await piecesOf(plant());
  const bytes = Buffer.concat(pieces);
  const { engine } = inflateRawSync(bytes.subarray(10), { info: true }) as unknown as { engine: InflateRaw };
  const zeros = bytes.subarray(10 + engine.bytesWritten + 8);
  expect(gunzipSync(zeros).equals(Buffer.alloc(10 * 1024))).toBe(true);
  execFileSync('gzip', ['-t'], { input: bytes });
});

test.each<[what: string, change: (pieces: readonly Uint8Array[], at: number) => readonly Uint8Array[]]>([
  ['cut off before a piece', (pieces, at) => pieces.slice(0, at)],
  ['without a piece', (pieces, at) => pieces.toSpliced(at, 1)],
  ['with a piece twice', (pieces, at) => pieces.toSpliced(at, 0, pieces[at]!)],
  ['with two pieces swapped', (pieces, at) => pieces.toSpliced(at, 2, pieces[at + 1]!, pieces[at]!)],
])('an archive %s is not read as a whole one', async (_what, change) => {
  const { pieces } = await piecesOf(plant());
  expect(pieces.length).toBeGreaterThan(5);
  const taken: number[] = [];
  for (let at = 1; at < pieces.length - 1; at += 1) {
    const result = spawnSync('gzip', ['-t'], { input: Buffer.concat(change(pieces, at)) });
    if (result.status === 0) taken.push(at);
  }
  expect(taken).toEqual([]);
});

test('the names at the end tell what comes before: trees that differ have other Dockerfiles', async () => {
  const [first, second] = [plant(), plant()];
  const names = async (root: string): Promise<readonly string[]> => {
    const archive = packFolder(root);
    await collect(archive);
    return (await archive.summary).dockerfiles;
  };
  expect(await names(first)).toEqual(await names(second));
  writeFileSync(join(second, 'f29'), 'x');
  expect(await names(first)).not.toEqual(await names(second));
});

test('what is put in comes last, Dockerfiles behind all else', async () => {
  const dockerfiles = [Buffer.from('FROM a\n'), Buffer.from('FROM b\n')];
  const archive = packFolder(plant(), { dockerfiles, hiddenNames: ['also'] });
  const bytes = await collect(archive);
  const end = (await readArchive(bytes)).slice(-4);
  expect(end.every((entry) => isSealEntry(entry))).toBe(true);
  const names = await archive.dockerfiles;
  expect(end.map(({ path }) => path)).toEqual([...names.map((name) => `${name}.dockerignore`), ...names]);
  expect(end[0]?.contents.toString().split('\n').slice(1)).toEqual([
    ...names,
    ...names.map((name) => `${name}.dockerignore`),
    'also',
    '',
  ]);
  expect(
    gunzipSync(bytes)
      .subarray(-1024)
      .every((byte) => byte === 0),
  ).toBe(true);
});

test('with a seal given the names are known before anything is read', async () => {
  const archive = packFolder(plant(), { options: { seal: 'abc123' } });
  expect(await archive.dockerfiles).toEqual(['.kanikit.abc123.Dockerfile']);
  await collect(archive);
  expect((await archive.summary).dockerfiles).toEqual(['.kanikit.abc123.Dockerfile']);
});
