import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expectedFiles, judgeArchive, type FileSetVerdict } from './file-set.ts';
import type { IgnoreMix } from './ignore-mixes.ts';
import { measure, type Measurement } from './measure.ts';
import type { PackJob } from './pack-job.ts';
import type { Packer } from './packers.ts';

export interface PackerResult {
  readonly packer: string;
  /** Of the rounds, in their order. */
  readonly seconds: readonly number[];
  /** Medians of the rounds. */
  readonly medianSeconds: number;
  readonly bytesOut: number;
  readonly peakBytes: number;
  /** Undefined where nothing whole was packed. */
  readonly files: FileSetVerdict | undefined;
}

export interface MixResult {
  readonly mix: string;
  readonly expectedPaths: number;
  readonly packers: readonly PackerResult[];
}

/** A file that is sent in every mix; changes, and is changed back. */
const changedFile = 'packages/app/dist/schema.json';

export interface BenchOptions {
  readonly root: string;
  readonly scratch: string;
  readonly rounds: number;
  readonly packers: readonly Packer[];
  readonly say: (line: string) => void;
}

/** Runs every packer once a round, side by side in time: what slows the machine down for a while slows all of them. */
export async function runMix(
  mix: IgnoreMix,
  { root, scratch, rounds, packers, say }: BenchOptions,
): Promise<MixResult> {
  const folder = join(scratch, mix.name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  const job: PackJob = {
    root,
    dockerfile: join(folder, 'Dockerfile'),
    output: join(folder, 'context.tar.gz'),
    indexFolder: join(folder, 'index'),
  };
  const ignore = Buffer.from(mix.patterns.join('\n'));
  writeFileSync(job.dockerfile, 'FROM scratch\nCOPY . /context\n');
  writeFileSync(`${job.dockerfile}.dockerignore`, ignore);
  const expected = await expectedFiles(root, ignore);
  warm(root);
  const measurements = new Map<Packer, Measurement[]>(packers.map((packer) => [packer, []]));
  const verdicts = new Map<Packer, FileSetVerdict>();
  for (let round = 0; round < rounds; round += 1) {
    for (const packer of orderOf(packers, round)) {
      const measured = await runOnce(packer, job);
      measurements.get(packer)!.push(measured);
      say(`${mix.name}, round ${round + 1}: ${packer.name}: ${measured.seconds.toFixed(1)} s`);
      if (!packer.isAgain && round === 0)
        verdicts.set(packer, await judgeArchive(job.output, measured.ownPaths, expected));
      rmSync(job.output, { force: true });
    }
  }
  return {
    mix: mix.name,
    expectedPaths: expected.size,
    packers: packers.map((packer) => summarize(packer, measurements.get(packer)!, verdicts.get(packer))),
  };
}

/** Each round begins with another packer; those that need the run before them stay behind it. */
function orderOf(packers: readonly Packer[], round: number): readonly Packer[] {
  const starts = packers.flatMap(({ isAgain }, index) => (isAgain ? [] : [index]));
  const first = starts[round % starts.length] ?? 0;
  return [...packers.slice(first), ...packers.slice(0, first)];
}

async function runOnce(packer: Packer, job: PackJob): Promise<Measurement> {
  if (!packer.isAgain) {
    rmSync(job.indexFolder, { recursive: true, force: true });
    mkdirSync(job.indexFolder);
  }
  if (!packer.isAfterChange) return await measure(packer, job);
  const path = join(job.root, changedFile);
  const contents = readFileSync(path);
  appendFileSync(path, '\n// changed\n');
  try {
    return await measure(packer, job);
  } finally {
    writeFileSync(path, contents);
  }
}

/** Reads the whole tree once, so that no packer pays for the disk. */
function warm(root: string): void {
  spawnSync('sh', ['-c', 'tar -c -f - -C "$1" . | cat > /dev/null', 'sh', root]);
}

function summarize(
  packer: Packer,
  measurements: readonly Measurement[],
  files: FileSetVerdict | undefined,
): PackerResult {
  return {
    packer: packer.name,
    seconds: measurements.map(({ seconds }) => seconds),
    medianSeconds: median(measurements.map(({ seconds }) => seconds)),
    bytesOut: median(measurements.map(({ bytesOut }) => bytesOut)),
    peakBytes: median(measurements.map(({ peakBytes }) => peakBytes)),
    files,
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
