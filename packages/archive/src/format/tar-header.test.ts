import { Header } from 'tar';
import { expect, test } from 'vitest';
import { decodeBytes } from '../names/byte-string.ts';
import type { TarEntry } from './tar-entry.ts';
import { encodeTarHeader, writeTarHeader } from './tar-header.ts';

const file: TarEntry = { path: 'a', type: 'File', mode: 0o644, sizeBytes: 1, mtime: 0 };

test('a plain entry is one block', () => {
  const header = new Header(encodeTarHeader(file));
  expect(header).toMatchObject({ path: 'a', mode: 0o644, size: 1, uid: 0, gid: 0, cksumValid: true });
});

test('a size over 8 GiB is in a pax record and in the header', () => {
  const sizeBytes = 9 * 1024 ** 3 + 5;
  const bytes = encodeTarHeader({ ...file, sizeBytes });
  expect(bytes.toString('latin1', 512, 1024)).toContain(` size=${sizeBytes}\n`);
  expect(new Header(bytes.subarray(1024))).toMatchObject({ size: sizeBytes, cksumValid: true });
});

test.each([99, 100, 101, 155, 255, 256, 400])('a name of %i bytes keeps its bytes', (length) => {
  const bytes = encodeTarHeader({ ...file, path: 'n'.repeat(length) });
  const isPlain = bytes.length === 512;
  expect(isPlain).toBe(length <= 100);
  if (isPlain) expect(new Header(bytes).path).toBe('n'.repeat(length));
  else expect(bytes.toString('latin1', 512)).toContain(` path=${'n'.repeat(length)}\n`);
});

const names = [
  'a',
  '.',
  'a/b.c',
  'é',
  '\uDC80',
  'n'.repeat(97),
  'n'.repeat(98),
  'n'.repeat(99),
  'n'.repeat(100),
  'd/'.repeat(70) + 'n',
];
const sizes = [0, 1, 7, 8, 512, 2 ** 30, 8 ** 10 - 1, 8 ** 10, 8 ** 11 - 1, 8 ** 11];

test('a header that is written into a buffer has the same bytes', () => {
  for (const path of names)
    for (const sizeBytes of sizes)
      for (const type of ['File', 'Directory'] as const)
        for (const [mode, mtime] of [
          [0o644, 0],
          [0o7777, 1_700_000_000],
          [0, 1],
        ] as const) {
          const entry = { path, sizeBytes, type, mode, mtime };
          const buffer = Buffer.alloc(4096, 0xff);
          const written = buffer.subarray(0, writeTarHeader(entry, buffer, 0));
          const expected = encodeTarHeader(entry);
          expect(written.equals(expected), JSON.stringify(entry)).toBe(true);
        }
});

test('bytes that are not UTF-8 are in the archive as they are', () => {
  const raw = Buffer.from([0x61, 0x2f, 0xe9, 0x7f, 0xff]);
  const short = encodeTarHeader({ ...file, path: decodeBytes(raw) });
  expect(short.subarray(0, raw.length)).toEqual(raw);
  expect(new Header(short).cksumValid).toBe(true);
  const long = Buffer.concat([raw, Buffer.alloc(200, 0xe9)]);
  const extended = encodeTarHeader({
    ...file,
    type: 'SymbolicLink',
    path: decodeBytes(long),
    linkpath: decodeBytes(raw),
  });
  expect(extended.includes(Buffer.concat([Buffer.from(' path='), long, Buffer.from('\n')]))).toBe(true);
  expect(extended.includes(Buffer.concat([Buffer.from(' linkpath='), raw, Buffer.from('\n')]))).toBe(true);
});
