import { execFileSync } from 'node:child_process';
import { lstatSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import { temporaryFolder } from '@kanikit/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sumOf } from '../format/tar-sum.ts';
import type { UnitAnswer } from './pack-worker.ts';
import { type PackWorkers, startPackWorkers } from './pack-workers.ts';

const content = Buffer.from('what is in the file\n'.repeat(10_000));
const gapAt = 512;

async function startReady(): Promise<PackWorkers> {
  const workers = startPackWorkers();
  onTestFinished(() => workers.close());
  await vi.waitFor(() => expect(workers.hasRoom).toBe(true), { timeout: 20_000 });
  return workers;
}

/** Packs a file, which `change` alters after it was looked at. */
async function packFile(change: (file: string) => void): Promise<UnitAnswer | undefined> {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, content);
  const { size, mtimeMs, ctimeMs, ino, dev } = lstatSync(file);
  change(file);
  const workers = await startReady();
  return await workers.pack({
    buffer: new ArrayBuffer(gapAt + size),
    sizeBytes: gapAt + size,
    paths: [file],
    numbers: Float64Array.of(0, size, gapAt, size, mtimeMs, ctimeMs, ino, dev),
  });
}

test('a thread reads, sums up and deflates as this one does', async () => {
  const answer = await packFile(() => {});
  const raw = Buffer.concat([Buffer.alloc(gapAt), content]);
  const { digest, crc } = sumOf(raw);
  expect(answer?.packed).toMatchObject({ digest: digest.toString('hex'), crc });
  const flush = { finishFlush: constants.Z_SYNC_FLUSH };
  expect(inflateRawSync(Buffer.from(answer!.packed!.piece), flush).equals(raw)).toBe(true);
});

test.each<[what: string, change: (file: string) => void]>([
  ['is gone', (file) => rmSync(file)],
  ['is longer', (file) => writeFileSync(file, 'more', { flag: 'a' })],
  ['is shorter', (file) => writeFileSync(file, 'less')],
  ['was written again', (file) => writeFileSync(file, content)],
  ['has other times', (file) => utimesSync(file, 1, 1)],
  [
    'is another one with the same content and times',
    (file) => {
      const { atime, mtime } = lstatSync(file);
      writeFileSync(`${file}.new`, content);
      utimesSync(`${file}.new`, atime, mtime);
      renameSync(`${file}.new`, file);
    },
  ],
  [
    'is a link to the same file',
    (file) => {
      renameSync(file, `${file}.moved`);
      symlinkSync(`${file}.moved`, file);
    },
  ],
  [
    'is a pipe',
    (file) => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    },
  ],
])('a file that %s is not packed', async (_what, change) => {
  const answer = await packFile(change);
  expect(answer?.buffer.byteLength).toBe(gapAt + content.length);
  expect(answer?.packed).toBeUndefined();
});

test('threads that are ended answer nothing more', async () => {
  const workers = await startReady();
  const job = { buffer: new ArrayBuffer(1), sizeBytes: 1, paths: [], numbers: new Float64Array() };
  const answer = workers.pack(job);
  workers.close();
  expect(await answer).toBeUndefined();
  expect(workers.hasRoom).toBe(false);
});
