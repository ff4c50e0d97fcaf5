import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { noise } from '../testing/noise.ts';
import { archiveIndexed, onlyFile, readParts } from '../testing/pack-indexed.ts';
import { packFolder } from '../testing/pack-folder.ts';
import { examineFileSystem } from './trusted-file-system.ts';

const run = promisify(execFile);

function plant(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'd'));
  for (const name of ['a', 'b', 'd/c']) writeFileSync(join(root, name), name);
  return root;
}

/** Changes bytes of an index and makes its checksum right again: what can't happen by accident. */
function forge(file: string, from: string | Buffer, to: string | Buffer): void {
  const bytes = readFileSync(file).subarray(0, -32);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(-1);
  bytes.set(Buffer.from(to), at);
  writeFileSync(file, Buffer.concat([bytes, hash('sha256', bytes, 'buffer')]));
}

test('an index that is cut off anywhere, or has one byte wrong, is not believed', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index));
  const file = onlyFile(index);
  const whole = readFileSync(file);
  const believed: string[] = [];
  for (let at = 0; at < whole.length; at += 1) {
    writeFileSync(file, whole);
    truncateSync(file, at);
    if ((await archiveIndexed(root, index).known()) !== undefined) believed.push(`cut off at ${at}`);
    const broken = Buffer.from(whole);
    broken[at]! ^= 1 << (at % 8);
    writeFileSync(file, broken);
    if ((await archiveIndexed(root, index).known()) !== undefined) believed.push(`broken at ${at}`);
  }
  expect(believed).toEqual([]);
  writeFileSync(file, Buffer.concat([whole, Buffer.alloc(1)]));
  expect(await archiveIndexed(root, index).known()).toBeUndefined();
  writeFileSync(file, whole);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('a damaged index is replaced by the next packing', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index));
  truncateSync(onlyFile(index), 100);
  expect((await readParts(archiveIndexed(root, index))).summary).toEqual(summary);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test.each<[what: string, from: string, to: string]>([
  ['format', '"kanikit index",2', '"kanikit index",1'],
  ['version of Node', process.version, process.version.replace(/\d/, '9')],
  ['platform', `"${process.platform}"`, `"${'x'.repeat(process.platform.length)}"`],
])('an index of another %s is not believed', async (_what, from, to) => {
  const [root, index] = [plant(), temporaryFolder()];
  await readParts(archiveIndexed(root, index));
  forge(onlyFile(index), from, to);
  expect(await archiveIndexed(root, index).known()).toBeUndefined();
});

test.each<[what: string, find: (index: Buffer, part: Buffer) => number]>([
  ['a part', (index, part) => index.indexOf(part)],
  // Behind the part's digest come three numbers of its first unit, and then that unit's digest.
  ['a unit', (index, part) => index.indexOf(part) + part.length + 12],
])(
  'bytes other than the index promises for %s are never handed out, and the index is dropped',
  async (_what, find) => {
    const [root, index] = [temporaryFolder(), temporaryFolder()];
    for (let count = 0; count < 8; count += 1)
      writeFileSync(join(root, `n${count}`), noise(1_000_000, count));
    const { summary, digests } = await readParts(archiveIndexed(root, index));
    expect(digests).toHaveLength(2);
    const file = onlyFile(index);
    const contents = readFileSync(file);
    const start = find(contents, Buffer.from(digests[0]!.slice('sha256:'.length), 'hex'));
    const digest = contents.subarray(start, start + 32);
    forge(file, digest, Buffer.from(digest.map((byte) => byte ^ 1)));
    await expect(readParts(archiveIndexed(root, index))).rejects.toMatchObject({
      code: 'context-changed',
      retryable: true,
      message: expect.stringContaining('not what was packed the last time') as string,
    });
    expect(readdirSync(index)).toEqual([]);
    expect((await readParts(archiveIndexed(root, index))).summary).toEqual(summary);
  },
);

test('a file that changes after its part was taken, and before it is read, is an error that names it', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  for (let count = 0; count < 8; count += 1) writeFileSync(join(root, `n${count}`), noise(1_000_000, count));
  await readParts(archiveIndexed(root, index));
  const reads: Promise<Uint8Array>[] = [];
  for await (const part of archiveIndexed(root, index).parts) {
    if (reads.length === 0) writeFileSync(join(root, 'n1'), noise(1_000_000, 99));
    reads.push(part.read());
    reads.at(-1)!.catch(() => {});
  }
  await expect(reads[0]).rejects.toMatchObject({
    code: 'context-changed',
    message: expect.stringContaining('"n1" changed') as string,
  });
});

test('eight packings at once, in two processes, leave one index that holds', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const script = `
    const { archiveIndexed, readParts } = await import(${JSON.stringify(new URL('../testing/pack-indexed.ts', import.meta.url))});
    const turns = Array.from({ length: 4 }, () => readParts(archiveIndexed(${JSON.stringify(root)}, ${JSON.stringify(index)})));
    process.stdout.write(JSON.stringify((await Promise.all(turns)).map(({ summary }) => summary)));`;
  const pack = async (): Promise<string> =>
    (await run(process.execPath, ['--conditions=@kanikit/source', '--input-type=module', '-e', script]))
      .stdout;
  const outputs = await Promise.all([pack(), pack()]);
  const summaries = new Set(
    outputs.flatMap((output) => (JSON.parse(output) as unknown[]).map((one) => JSON.stringify(one))),
  );
  expect(summaries.size).toBe(1);
  expect(JSON.stringify(await archiveIndexed(root, index).known())).toBe([...summaries][0]);
  expect(onlyFile(index)).toMatch(/\.index$/);
});

test('a folder that takes no index is a warning, and the archive is whole', async () => {
  const root = plant();
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const { summary, bytes } = await readParts(archiveIndexed(root, join(file, 'index')));
  expect(summary.warnings).toMatchObject([
    { code: 'context-index-off', message: expect.stringContaining('ENOTDIR') as string },
  ]);
  expect(bytes.equals((await readParts(packFolder(root))).bytes)).toBe(true);
});

test('a packing that fails or is given up leaves the old index and nothing else', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index));
  const before = readFileSync(onlyFile(index));
  for await (const _part of archiveIndexed(root, index).parts) break;
  expect(readFileSync(onlyFile(index)).equals(before)).toBe(true);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('indexes of long ago and what a killed process left are swept, and nothing else', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const days = (count: number): number => Date.now() / 1000 - count * 24 * 60 * 60;
  const ages = { 'a.index': 31, 'b.index': 29, 'c.index.1-2.partial': 2, 'd.index.3.partial': 0, other: 900 };
  for (const [name, age] of Object.entries(ages)) {
    writeFileSync(join(index, name), '');
    utimesSync(join(index, name), days(age), days(age));
  }
  await readParts(archiveIndexed(root, index));
  const left = readdirSync(index).filter((name) => name in ages);
  expect(left.toSorted()).toEqual(['b.index', 'd.index.3.partial', 'other']);
});

test('network and other odd file systems keep no index', async () => {
  expect(await examineFileSystem('/proc')).toMatchObject({
    isTrusted: false,
    reason: expect.stringContaining('0x9fa0') as string,
  });
  expect(await examineFileSystem(temporaryFolder())).toMatchObject({ isTrusted: true });
});
