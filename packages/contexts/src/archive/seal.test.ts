import { gunzipSync } from 'node:zlib';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { list } from 'tar';
import { expect, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { packFolder } from '../testing/pack-folder.ts';
import { collect, isSealEntry, readArchive } from '../testing/read-archive.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

function plant(): string {
  const root = temporaryFolder();
  for (let count = 0; count < 30; count += 1) writeFileSync(join(root, `f${count}`), noise(200_000, count));
  return root;
}

test('an archive that is cut off between two members has no Dockerfile of its name', async () => {
  const root = plant();
  const archive = packFolder(root, { options: { cut: 'stream' } });
  const members: Uint8Array[] = [];
  for await (const part of archive.parts) members.push(await part.read());
  const [dockerfile] = await archive.dockerfiles;
  expect(members.length).toBeGreaterThan(4);
  const pathsOf = async (count: number): Promise<string[]> => {
    const file = join(root, 'cut.tar.gz');
    writeFileSync(file, Buffer.concat(members.slice(0, count)));
    const paths: string[] = [];
    await list({ file, onReadEntry: (entry) => void paths.push(entry.path) });
    rmSync(file);
    return paths;
  };
  // Every start of it is an archive that reads well.
  for (let count = 1; count < members.length; count += 1) {
    const paths = await pathsOf(count);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths).not.toContain(dockerfile);
  }
  expect(await pathsOf(members.length)).toContain(dockerfile);
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
