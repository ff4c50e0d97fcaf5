import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { encodeTarHeader } from '../format/tar-header.ts';
import { readEntries } from './read-entries.ts';
import type { WalkedEntry } from './tar-walker.ts';

async function* chunksOf(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

/** The entries of an archive, with the content of files. */
async function read(bytes: Uint8Array, chunkBytes = 1_000) {
  const entries: (WalkedEntry & { text: string })[] = [];
  const input = { name: 'x', read: () => chunksOf(bytes, chunkBytes) };
  const blocks: Buffer[] = [];
  const walk = readEntries(
    input,
    (entry) => {
      const found = { ...entry, text: '' };
      entries.push(found);
      return (piece) => {
        found.text += piece.toString('latin1');
      };
    },
    testRun(),
  );
  for await (const block of walk) blocks.push(Buffer.from(block));
  return { entries, blocks: Buffer.concat(blocks) };
}

function makeTar(...flags: readonly string[]): Buffer {
  const root = temporaryFolder();
  mkdirSync(join(root, 'd/empty'), { recursive: true });
  writeFileSync(join(root, 'd/a'), 'a'.repeat(700));
  writeFileSync(join(root, `d/${'n'.repeat(150)}`), 'long');
  writeFileSync(join(root, 'd/two\nlines 12 size=5\n'), 'lines');
  writeFileSync(join(root, 'd/none'), '');
  linkSync(join(root, 'd/a'), join(root, 'd/hard'));
  symlinkSync('x'.repeat(140), join(root, 'd/soft'));
  return execFileSync('tar', ['--sort=name', ...flags, '-cf', '-', '-C', root, 'd']);
}

test.each(['gnu', 'pax', 'oldgnu', 'posix'])('reads what GNU tar writes as %s', async (format) => {
  const tar = makeTar(`--format=${format}`);
  for (const chunkBytes of [1, 512, 10_000_000]) {
    const { entries, blocks } = await read(tar, chunkBytes);
    expect(
      entries.map(({ path, type, sizeBytes, text, linkpath }) => [
        path,
        type,
        sizeBytes,
        text.length,
        linkpath,
      ]),
    ).toEqual([
      ['d/', 'Directory', 0, 0, ''],
      ['d/a', 'File', 700, 700, ''],
      ['d/empty/', 'Directory', 0, 0, ''],
      ['d/hard', 'Link', 0, 0, 'd/a'],
      [`d/${'n'.repeat(150)}`, 'File', 4, 4, ''],
      ['d/none', 'File', 0, 0, ''],
      ['d/soft', 'SymbolicLink', 0, 0, 'x'.repeat(140)],
      ['d/two\nlines 12 size=5\n', 'File', 5, 5, ''],
    ]);
    expect(tar.subarray(0, blocks.length).equals(blocks)).toBe(true);
    expect(tar.subarray(blocks.length).every((byte) => byte === 0)).toBe(true);
  }
});

test('a size in binary, and one in a pax header, of files beyond eight gibibytes', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'huge'), '');
  truncateSync(join(root, 'huge'), 9 * 2 ** 30);
  for (const format of ['gnu', 'pax']) {
    // The header says it all: the rest is left out, and missed.
    const head = execFileSync('sh', ['-c', `tar --format=${format} -cf - -C "${root}" huge | head -c 4096`]);
    const sizes: number[] = [];
    const input = { name: 'x', read: () => chunksOf(head, 512) };
    const walk = readEntries(input, (entry) => void sizes.push(entry.sizeBytes), testRun());
    await expect(Array.fromAsync(walk)).rejects.toMatchObject({ code: 'context-unreadable' });
    expect(sizes).toEqual([9 * 2 ** 30]);
  }
});

test('an archive that is cut off anywhere is refused, whatever its compression', async () => {
  const header = (path: string, sizeBytes: number) =>
    encodeTarHeader({ path, type: 'File', mode: 0o644, sizeBytes, mtime: 0 });
  const tar = Buffer.concat([header('a', 5), Buffer.alloc(512, 'a'), header('b', 0), Buffer.alloc(1024)]);
  const end = tar.length - 1024;
  for (const [name, bytes, whole] of [
    ['plain', tar, end + 512],
    ['gzip', gzipSync(tar), gzipSync(tar).length],
    ['zstd', zstdCompressSync(tar), zstdCompressSync(tar).length],
    ['members', Buffer.concat([gzipSync(tar.subarray(0, 1024)), gzipSync(tar.subarray(1024))]), undefined],
  ] as const) {
    const limit = whole ?? bytes.length;
    for (let cut = 0; cut < limit; cut += 1) {
      const code = await read(bytes.subarray(0, cut)).then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
      const wanted = ['context-unreadable', 'context-archive-unsupported'];
      expect({ name, cut, isRefused: wanted.includes(code) }).toEqual({ name, cut, isRefused: true });
    }
    expect((await read(bytes)).entries).toHaveLength(2);
  }
});

test.each<[what: string, bytes: (tar: Buffer) => Buffer, code: string]>([
  ['a header that is damaged', (tar) => flip(tar, 3_000), 'context-unreadable'],
  ['gzip that is damaged', (tar) => flip(gzipSync(tar), 200), 'context-unreadable'],
  ['a gzip checksum that is wrong', (tar) => flip(gzipSync(tar), -6), 'context-unreadable'],
  ['zstd that is damaged', (tar) => flip(zstdCompressSync(tar), 100), 'context-unreadable'],
  [
    'zstd in several frames',
    (tar) => Buffer.concat([zstdCompressSync(tar), zstdCompressSync(Buffer.alloc(512))]),
    'context-archive-unsupported',
  ],
  ['gzip in gzip', (tar) => gzipSync(gzipSync(tar)), 'context-archive-unsupported'],
  ['gzip of text', () => gzipSync('hello'), 'context-archive-unsupported'],
  ['gzip of nothing', () => gzipSync(''), 'context-archive-unsupported'],
  ['deflate without a header', (tar) => deflateRawSync(tar), 'context-archive-unsupported'],
  ['a pax header that lies about its length', () => paxOf('99 path=a\n'), 'context-unreadable'],
  ['a pax header without an end', () => paxOf('path=a'), 'context-unreadable'],
  ['a device', () => typed('3'), 'context-file-unsupported'],
  ['an unknown type', () => typed('Q'), 'context-file-unsupported'],
])('%s is refused', async (_what, make, code) => {
  await expect(read(make(makeTar('--format=gnu')))).rejects.toMatchObject({ code });
});

test('an error of the stream passes through, and a stream that stays silent ends with the abort', async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield gzipSync(makeTar()).subarray(0, 600);
    throw new Error('the server went away');
  };
  const walk = readEntries({ name: 'x', read: broken }, () => undefined, testRun());
  await expect(Array.fromAsync(walk)).rejects.toThrow('the server went away');
  const controller = new AbortController();
  const silent = async function* (): AsyncGenerator<Uint8Array> {
    yield gzipSync(makeTar()).subarray(0, 600);
    controller.abort(new Error('enough'));
    await new Promise<never>(() => {});
  };
  const waiting = readEntries({ name: 'x', read: silent }, () => undefined, testRun(controller.signal));
  await expect(Array.fromAsync(waiting)).rejects.toThrow('enough');
});

function flip(bytes: Buffer, offset: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = offset < 0 ? changed.length + offset : offset;
  changed[at] = changed[at]! ^ 0x55;
  return changed;
}

/** A header of another type than ours ever have. */
function headerOf(type: string, sizeBytes: number): Buffer {
  const block = Buffer.from(encodeTarHeader({ path: 'a', type: 'File', mode: 0o644, sizeBytes, mtime: 0 }));
  block.write(type, 156, 'latin1');
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function typed(type: string): Buffer {
  return Buffer.concat([headerOf(type, 0), Buffer.alloc(1024)]);
}

function paxOf(records: string): Buffer {
  const content = Buffer.alloc(512);
  content.write(records, 0, 'latin1');
  return Buffer.concat([headerOf('x', records.length), content, Buffer.alloc(1024)]);
}
