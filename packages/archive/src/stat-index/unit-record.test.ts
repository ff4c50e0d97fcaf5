import { expect, test } from 'vitest';
import { type PackEntry, rootEntry } from '../tree/pack-entry.ts';
import type { Unit } from '../units/plan-units.ts';
import { createRecordEncoder, decodeUnitRecord, markDoubt, placeOfRecord } from './unit-record.ts';

const rootDevice = 7;
const file: PackEntry = {
  path: 'a/file',
  kind: 'file',
  mode: 0o644,
  sizeBytes: 5,
  mtimeMs: 1000,
  ctimeMs: 1000,
  inode: 42,
  device: rootDevice,
  linkpath: '',
};

const recordOf = (entry: PackEntry): Buffer =>
  Buffer.from(createRecordEncoder()({ entries: [file, entry], range: undefined }));

test.each<[what: string, changed: Partial<PackEntry>]>([
  ['path', { path: 'a/life' }],
  ['kind', { kind: 'hardlink' }],
  ['mode', { mode: 0o755 }],
  ['size', { sizeBytes: 6 }],
  ['modification time', { mtimeMs: 1000.001 }],
  ['change time', { ctimeMs: 1000.001 }],
  ['inode', { inode: 43 }],
  ['target', { linkpath: 'x' }],
])('another %s is another record', (_what, changed) => {
  expect(recordOf({ ...file, ...changed }).equals(recordOf(file))).toBe(false);
});

test.each<[what: string, entry: PackEntry, readAtMs: number, isDoubtful: boolean]>([
  ['an old file', file, 3001, false],
  ['a file changed less than two seconds before', { ...file, ctimeMs: 1002 }, 3001, true],
  ['a file with a time to come', { ...file, mtimeMs: 9e12 }, 3001, true],
  ['a file on another device', { ...file, device: 8 }, 3001, true],
  ['a file without a number', { ...file, inode: 0 }, 3001, true],
  ['a directory', { ...file, kind: 'directory', inode: 0, device: 0 }, 0, false],
])('%s: its stat data are trusted the next time or not', (_what, entry, readAtMs, isDoubtful) => {
  const unit = { entries: [entry], range: undefined };
  const record = createRecordEncoder()(unit);
  const marked = Buffer.from(record);
  markDoubt(marked, unit, readAtMs, rootDevice);
  expect(marked.equals(record)).toBe(!isDoubtful);
});

test.each([
  ['plain', 'a/b'],
  ['not ASCII', 'ä/😀'],
  ['not UTF-8', 'a\uDCE9b'],
  ['long', 'n/'.repeat(2000)],
])('a path that is %s comes out again', (_what, path) => {
  const encode = createRecordEncoder();
  const entries = Array.from({ length: 100 }, () => ({ ...file, path }));
  expect(placeOfRecord(encode({ entries, range: { start: 3, end: 5 } }))).toEqual({ path, start: 3 });
});

test('the unit comes out of its record again', () => {
  const units: Unit[] = [
    {
      entries: [rootEntry, file, { ...file, path: 'a\uDCE9', inode: 2 ** 60, mtimeMs: 1.25 }],
      range: undefined,
    },
    { entries: [{ ...file, sizeBytes: 3e6 }], range: { start: 1024 * 1024, end: 2 * 1024 * 1024 } },
    { entries: [{ ...file, kind: 'symlink', linkpath: '/ä', inode: 0, device: 0 }], range: undefined },
  ];
  const encode = createRecordEncoder();
  for (const unit of units) expect(decodeUnitRecord(encode(unit), rootDevice)).toEqual(unit);
});
