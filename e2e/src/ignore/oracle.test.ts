import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compare, minimise } from './compare.ts';
import { startOracle, type Oracle } from './oracle.ts';
import { randomIgnoreFile } from './random-ignore-file.ts';
import { growRandomTree } from './random-tree.ts';
import { listSent, packSent } from './send-tree.ts';

/** Another number draws other trees: `KANIKIT_SEED=7 vitest run --project=e2e e2e/src/ignore`. */
const seed = Number(process.env['KANIKIT_SEED'] ?? 1);
const rows = JSON.parse(
  readFileSync(
    new URL('../../../packages/archive/src/ignore/fixtures/docker-ignore-rows.json', import.meta.url),
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
    emptied: 0,
    differences: [] as string[],
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
      found.emptied += answer.emptied.length;
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

test('random ignore files name what docker build sends, or are refused where docker refuses them', async () => {
  const found = await runTrials({ trees: 25, entries: 60, filesPerTree: 30, send: listSent });
  expect(found.differences).toEqual([]);
  expect(found.verdicts).toBeGreaterThan(20_000);
  expect(found.refusals).toBeGreaterThan(50);
  expect(found.emptied).toBeGreaterThan(0);
});

test('archives of random trees hold what docker build sends', async () => {
  const found = await runTrials({ trees: 220, entries: 30, filesPerTree: 1, send: packSent });
  expect(found.differences).toEqual([]);
});

// Docker decides a path in two ways: in its walk with the results of the parents, where a rule that would change nothing is not tried, and once
// more on its own before it opens a file. The walk says what is sent; what is refused then is sent without its content.
test.each<[why: string, lines: string[], path: string, sent: string[], emptied: string[]]>([
  [
    'a rule that takes a directory again empties what is in it',
    ['d', '!d/f', 'd'],
    'd/f',
    ['d', 'd/f'],
    ['d/f'],
  ],
  ['an exception for a directory does not bring back a file', ['**/*.log', '!d'], 'd/x.log', ['d'], []],
  [
    'an exception is forgotten where it changes nothing',
    ['A', 'é/**', '[ab]', 'lib/**', '!  lib  ', '!b/x'],
    'lib/dist/A',
    ['lib'],
    [],
  ],
  ['what a trailing glob reaches is not looked for deeper', ['*', '!d/*/**'], 'd/e/x', [], []],
])('%s', async (_why, lines, path, sent, emptied) => {
  const root = mkdtempSync(join(folder, 'contradiction-'));
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), path);
  const tree = { root, ignore: Buffer.from(lines.join('\n')), scratch: join(folder, 'scratch') };
  for (const send of [listSent, packSent]) {
    const { answer, difference } = await compare(oracle, tree, send);
    expect(answer).toMatchObject({ sent, emptied });
    expect(difference).toBeUndefined();
  }
});
