import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSeededRandom } from '../parts/seeded-random.ts';
import { compare, minimise } from './compare.ts';
import { startOracle, type Oracle } from './oracle.ts';
import { randomIgnoreFile } from './random-ignore-file.ts';
import { growRandomTree } from './random-tree.ts';
import { listSent, packSent } from './send-tree.ts';

/** Another number draws other trees: `KANIKIT_SEED=7 vitest run --project=e2e e2e/src/ignore`. */
const seed = Number(process.env['KANIKIT_SEED'] ?? 1);
const rows = JSON.parse(
  readFileSync(
    new URL('../../../packages/contexts/src/ignore/fixtures/docker-ignore-rows.json', import.meta.url),
    'utf8',
  ),
) as {
  single: [pattern: string, path: string, isIgnored: boolean][];
  multi: [patterns: string[], path: string, isIgnored: boolean][];
  match: [pattern: string, path: string, isMatch: boolean, error: string | null][];
};
const allRows: [patterns: string[], path: string, isIgnored: boolean | undefined][] = [
  ...rows.single.map(([pattern, path, isIgnored]): [string[], string, boolean] => [
    [pattern],
    path,
    isIgnored,
  ]),
  ...rows.multi,
  ...rows.match.map(([pattern, path, isMatch, error]): [string[], string, boolean | undefined] => [
    [pattern],
    path,
    error === null ? isMatch : undefined,
  ]),
];

let folder: string;
let oracle: Oracle;

beforeAll(async () => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'kanikit-oracle-'));
  oracle = await startOracle(AbortSignal.timeout(300_000));
});

afterAll(async () => {
  await oracle[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe("rows of docker's own tables", () => {
  test.each(allRows)('%j on %s: %s', async (patterns, path, isIgnored) => {
    const ignore = Buffer.from(patterns.join('\n'));
    const answer = await oracle.ask({ ignore, paths: [Buffer.from(path)] });
    expect(answer.error === undefined).toBe(isIgnored !== undefined);
    expect(answer.ignored).toEqual(isIgnored === undefined ? [] : [isIgnored]);

    const root = mkdtempSync(join(folder, 'row-'));
    const onDisk = join(root, path);
    mkdirSync(dirname(onDisk), { recursive: true });
    if (onDisk !== `${root}/` && !onDisk.endsWith('/')) writeFileSync(onDisk, '');
    const tree = { root, ignore, scratch: join(folder, 'scratch') };
    expect((await compare(oracle, tree, listSent)).difference).toBeUndefined();
  });
});

interface Trials {
  readonly trees: number;
  readonly entries: number;
  readonly filesPerTree: number;
  readonly send: typeof listSent;
}

/** Compares random ignore files on random trees; differences come back with what draws them again. */
async function runTrials({ trees, entries, filesPerTree, send }: Trials) {
  const found = {
    verdicts: 0,
    refusals: 0,
    contradictions: 0,
    differences: [] as string[],
    wrongWalks: [] as string[],
  };
  for (let number = 0; number < trees; number += 1) {
    const random = createSeededRandom(seed * 100_003 + number);
    const root = mkdtempSync(join(folder, 'tree-'));
    const scratch = join(folder, 'scratch');
    const paths = growRandomTree(random, root, entries);
    const trials = Array.from({ length: filesPerTree }, async (_, index) => {
      const tree = { root, scratch, ignore: randomIgnoreFile(random, paths) };
      const { answer, difference } = await compare(oracle, tree, send);
      found.verdicts += paths.length;
      if (answer.error !== undefined) found.refusals += 1;
      if (answer.contradictions.length > 0) found.contradictions += 1;
      else if (answer.sent.toSorted().join('\n') !== answer.buildkit.toSorted().join('\n'))
        found.wrongWalks.push(`tree ${number}, file ${index}`);
      if (difference !== undefined)
        found.differences.push(
          `seed ${seed}, tree ${number}, file ${index}: ${await minimise(oracle, tree, send)}`,
        );
    });
    await Promise.all(trials);
    rmSync(root, { recursive: true });
  }
  return found;
}

test('random ignore files name what docker keeps, or are refused where docker refuses them', async () => {
  const found = await runTrials({ trees: 25, entries: 60, filesPerTree: 30, send: listSent });
  expect(found.differences).toEqual([]);
  expect(found.wrongWalks).toEqual([]);
  expect(found.verdicts).toBeGreaterThan(20_000);
  expect(found.refusals).toBeGreaterThan(50);
  expect(found.contradictions).toBeLessThan(100);
});

test('archives of random trees hold what docker would send', async () => {
  const found = await runTrials({ trees: 220, entries: 30, filesPerTree: 1, send: packSent });
  expect(found.differences).toEqual([]);
  expect(found.wrongWalks).toEqual([]);
});

// Docker decides a path in two ways: on its own, and in a walk with the results of its parents. Where a rule was not tried on a
// parent, they differ: its walk names what it then refuses to open, and the other way round. Ours is the first, the one that is documented.
test.each([
  ['the last rule that matches decides', ['d', '!d/f', 'd'], 'd/f', true],
  [
    'an exception for a directory brings back what an earlier rule takes',
    ['**/*.log', '!d'],
    'd/x.log',
    false,
  ],
])('where docker contradicts itself, %s', async (_why, lines, path, isIgnored) => {
  const root = mkdtempSync(join(folder, 'contradiction-'));
  mkdirSync(join(root, dirname(path)));
  writeFileSync(join(root, path), '');
  const ignore = Buffer.from(lines.join('\n'));
  const tree = { root, ignore, scratch: join(folder, 'scratch') };
  const { answer, difference } = await compare(oracle, tree, listSent);
  expect(answer.contradictions).toEqual([path]);
  expect((await oracle.ask({ ignore, paths: [Buffer.from(path)] })).ignored).toEqual([isIgnored]);
  expect(answer.buildkit.includes(path)).toBe(isIgnored);
  expect(difference).toBeUndefined();
});
