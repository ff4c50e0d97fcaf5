import { createHash } from 'node:crypto';
import { appendFileSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Oracle, startOracle } from '../ignore/oracle.ts';
import { buildWithExecutor } from './build-with-executor.ts';
import { copyByWildcard } from './copy-by-wildcard.ts';
import type { ImageEntry } from './image-entries.ts';
import { openDirectory } from './open-context.ts';
import { makeRandomContext } from './random-context.ts';

// The images of the real executor have what docker's own libraries say they should, in both releases and all stages.

const firstSeed = 1;
const builds = 80;
const atOnce = 2;
let folder: string;
let oracle: Oracle;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-exactness-'));
  oracle = await startOracle(AbortSignal.timeout(300_000));
});
afterAll(async () => {
  await oracle[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test(`${builds} random contexts`, async () => {
  const seeds = Array.from({ length: builds }, (_value, index) => firstSeed + index).values();
  const counts = { entries: 0, ignored: 0, wild: 0 };
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const seed of seeds) await compare(seed, counts);
    }),
  );
  // Neither nothing nor everything is ignored, or the comparison says little.
  expect(counts.entries).toBeGreaterThan(1000);
  expect(counts.ignored).toBeGreaterThan(250);
  expect(counts.wild).toBeGreaterThan(40);
});

async function compare(
  seed: number,
  counts: { entries: number; ignored: number; wild: number },
): Promise<void> {
  const random = createSeededRandom(seed);
  const { root, ignore, dockerfile, stageFolder } = makeRandomContext(join(folder, `${seed}`), random);
  const [ruled, all] = await Promise.all([
    oracle.ask({ ignore: Buffer.from(ignore), root }),
    oracle.ask({ ignore: Buffer.from(''), root }),
  ]);
  expect(ruled.error, `seed ${seed}`).toBeUndefined();
  const sent = ruled.sent.map((path) => Buffer.from(path, 'latin1').toString());
  const emptied = new Set(ruled.emptied.map((path) => Buffer.from(path, 'latin1').toString()));
  const describe = (path: string, name: string): string =>
    describeFile(join(root, path), name, emptied.has(path));
  const wildcard = copyByWildcard(random, sent, (path) => kindOf(join(root, path)));
  if (wildcard !== undefined) appendFileSync(join(root, dockerfile), `COPY ${wildcard.pattern} /wild/\n`);
  const image = await buildWithExecutor({
    context: await openDirectory(root, { dockerfile }),
    version: seed % 2 === 0 ? '1.24.0' : '1.9.2',
    signal: AbortSignal.timeout(60_000),
  });
  const truth = sent.map((path) => describe(path, path)).toSorted();
  const wild = [...(wildcard?.expected ?? [])].map(([below, path]) => describe(path, below));
  const about = `seed ${seed}, rules ${JSON.stringify(ignore)}, ${dockerfile}, first stage in ${stageFolder}`;
  expect(describeBelow(image, 'out'), about).toEqual(truth);
  expect(describeBelow(image, 'again'), about).toEqual(truth);
  expect(describeBelow(image, 'wild'), `${about}, COPY ${wildcard?.pattern}`).toEqual(wild.toSorted());
  counts.entries += sent.length;
  counts.ignored += all.sent.length - sent.length;
  counts.wild += wild.length;
}

function kindOf(file: string): 'directory' | 'file' | 'link' {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return 'link';
  return stats.isDirectory() ? 'directory' : 'file';
}

/** Everything about a file that an image keeps. */
function describeFile(file: string, path: string, isEmptied: boolean): string {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `${path} -> ${readlinkSync(file)}`;
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isDirectory()) return `${path}/ ${mode}`;
  return `${path} ${mode} ${createHash('sha256')
    .update(isEmptied ? '' : readFileSync(file))
    .digest('hex')}`;
}

function describeBelow(image: readonly ImageEntry[], top: string): readonly string[] {
  return image
    .filter(({ path }) => path.startsWith(`${top}/`))
    .map(({ path, type, mode, sha256, target }) => {
      const below = path.slice(top.length + 1);
      if (type === 'SymbolicLink') return `${below} -> ${target}`;
      return type === 'Directory'
        ? `${below}/ ${mode.toString(8)}`
        : `${below} ${mode.toString(8)} ${sha256}`;
    })
    .toSorted();
}
