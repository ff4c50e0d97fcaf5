import { expect, test } from 'vitest';
import type { PackEntry } from '../tree/pack-entry.ts';
import { planUnits, type Unit } from './plan-units.ts';

const entryOf = (path: string, sizeBytes: number): PackEntry => ({
  path,
  kind: 'file',
  mode: 0o644,
  sizeBytes,
  mtimeMs: 0,
  ctimeMs: 0,
  inode: 1,
  device: 1,
  linkpath: '',
});

const plan = (entries: readonly PackEntry[]): readonly Unit[] =>
  [...planUnits(entries)].filter((unit) => unit !== undefined);
const nameOf = ({ entries, range }: Unit): string =>
  JSON.stringify([entries.map(({ path, sizeBytes }) => [path, sizeBytes]), range]);

/** A source tree: many small files, a large one now and then. */
const tree = Array.from({ length: 20_000 }, (_value, index) =>
  entryOf(
    `src/package-${Math.floor(index / 100)}/file-${index}.ts`,
    index % 997 === 0 ? 3_000_000 : (index * 7919) % 12_000,
  ),
);

test('units hold every entry once, in order, and no more than a mebibyte', () => {
  const units = plan(tree);
  const paths = units
    .filter(({ range }) => range === undefined || range.start === 0)
    .flatMap(({ entries }) => entries.map(({ path }) => path));
  expect(paths).toEqual(tree.map(({ path }) => path));
  for (const { entries, range } of units) {
    const content =
      range === undefined
        ? entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
        : range.end - range.start;
    expect(content).toBeLessThanOrEqual(1024 * 1024);
  }
  const small = units.filter(({ range }) => range === undefined);
  expect(small.length).toBeLessThan(tree.length / 20);
});

test('a large file is cut at fixed distances from its own start', () => {
  const mebibyte = 1024 * 1024;
  const [large, before] = [entryOf('m', 2.5 * mebibyte), entryOf('a', 100)];
  const pieces = [
    [0, mebibyte],
    [mebibyte, 2 * mebibyte],
    [2 * mebibyte, 2.5 * mebibyte],
  ];
  for (const entries of [[large], [before, large], [before, large, entryOf('z', 5)]]) {
    const ranges = plan(entries).flatMap(({ range }) =>
      range === undefined ? [] : [[range.start, range.end]],
    );
    expect(ranges).toEqual(pieces);
  }
});

test.each<[what: string, change: (entries: PackEntry[], at: number) => void]>([
  ['added', (entries, at) => void entries.splice(at, 0, entryOf(`${entries[at]!.path}+`, 5000))],
  ['removed', (entries, at) => void entries.splice(at, 1)],
  ['resized', (entries, at) => void entries.splice(at, 1, entryOf(entries[at]!.path, 7777))],
  [
    'renamed',
    (entries, at) => void entries.splice(at, 1, entryOf(`${entries[at]!.path}x`, entries[at]!.sizeBytes)),
  ],
])('one entry that is %s moves few borders, wherever it is', (_what, change) => {
  const before = new Set(plan(tree).map((unit) => nameOf(unit)));
  const moved = Array.from({ length: 50 }, (_value, turn) => {
    const entries = [...tree];
    change(entries, turn * 397 + 1);
    return plan(entries).filter((unit) => !before.has(nameOf(unit))).length;
  });
  expect(Math.max(...moved)).toBeLessThanOrEqual(12);
  expect(moved.reduce((sum, count) => sum + count, 0) / moved.length).toBeLessThan(4);
});

test('the borders are these on every machine', () => {
  const starts = plan(tree)
    .slice(0, 8)
    .map(({ entries, range }) => `${entries[0]!.path}:${range?.start ?? 0}`);
  expect(starts).toMatchInlineSnapshot(`
    [
      "src/package-0/file-0.ts:0",
      "src/package-0/file-0.ts:1048576",
      "src/package-0/file-0.ts:2097152",
      "src/package-0/file-1.ts:0",
      "src/package-0/file-48.ts:0",
      "src/package-0/file-95.ts:0",
      "src/package-1/file-150.ts:0",
      "src/package-3/file-303.ts:0",
    ]
  `);
});
