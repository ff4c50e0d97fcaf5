import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createIgnoreMatcher, type IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { parseIgnoreFile } from '../ignore/parse-ignore-file.ts';
import { walkTree } from './walk-tree.ts';

type Random = () => number;

/** A small generator with a seed, so that a failure can be repeated. */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random() * values.length)]!;

const names = ['a', 'b', 'c', 'ab', '.x', 'é', 'a.txt', 'b.txt'];
const pieces = [...names, '*', '**', '**/*', '?', '**/', '*.txt', '[ab]', 'a*', '/', '/', '/'];

function makeTree(root: string, random: Random): string[] {
  const paths = new Set<string>();
  for (let count = 0; count < 40; count += 1) {
    const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, names));
    const [path, parents] = [
      parts.join('/'),
      parts.slice(0, -1).map((_part, end) => parts.slice(0, end + 1).join('/')),
    ];
    const isTaken =
      paths.has(path) || parents.some((parent) => paths.has(parent) && !paths.has(`${parent}/`));
    if (isTaken) continue;
    for (const parent of parents) paths.add(parent).add(`${parent}/`);
    mkdirSync(join(root, parents.at(-1) ?? ''), { recursive: true });
    paths.add(path);
    writeFileSync(join(root, path), '');
  }
  return [...paths].filter((path) => !path.endsWith('/'));
}

function makePatterns(random: Random): string {
  const lines = Array.from({ length: 1 + Math.floor(random() * 5) }, () => {
    const pattern = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, pieces)).join('');
    // A lone exclamation mark with a slash is refused.
    return random() < 0.35 ? `!${pick(random, names)}${pattern}` : pattern;
  });
  return lines.join('\n');
}

/** What is kept, decided path by path, and the directories on the way there. */
function expectedPaths(paths: readonly string[], matcher: IgnoreMatcher): string[] {
  const kept = new Set<string>();
  for (const path of paths) {
    if (matcher.isIgnored(path)) continue;
    const parts = path.split('/');
    for (let end = 1; end <= parts.length; end += 1) kept.add(parts.slice(0, end).join('/'));
  }
  return [...kept].toSorted();
}

test.each(Array.from({ length: 20 }, (_value, seed) => seed))('random tree %i under random rules', (seed) => {
  const random = createRandom(seed);
  const root = temporaryFolder();
  const paths = makeTree(root, random);
  for (let round = 0; round < 50; round += 1) {
    const patterns = makePatterns(random);
    const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from(patterns)), 'linux');
    const walked = [...walkTree(root, matcher)].flatMap((entry) => entry?.path ?? []);
    expect([patterns, walked.toSorted()]).toEqual([patterns, expectedPaths(paths, matcher)]);
    for (const [index, path] of walked.entries()) {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (parent !== '') expect(walked.indexOf(parent)).toBeLessThan(index);
    }
  }
});
