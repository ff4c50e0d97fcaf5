// `pnpm bench`: packs generated trees with ours and with what people use, side by side. See docs/benchmarks.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findPigz } from './find-pigz.ts';
import { benchFolder, generateTree } from './generate-tree.ts';
import { ignoreMixes } from './ignore-mixes.ts';
import { renderManyBuilds, runManyBuilds } from './many-builds.ts';
import { listPackers } from './packers.ts';
import { type BenchReport, renderReport } from './render-report.ts';
import { type MixResult, runMix } from './run-mix.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    files: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    builds: { type: 'string' },
    concurrency: { type: 'string', default: '50' },
    'pod-seconds': { type: 'string', default: '0' },
  },
});
if (values.builds !== undefined) {
  const options = {
    builds: parseCount('--builds', values.builds),
    concurrency: parseCount('--concurrency', values.concurrency),
    lines: 200,
    podSeconds: values['pod-seconds'] === '0' ? 0 : parseCount('--pod-seconds', values['pod-seconds']),
  };
  const report = await runManyBuilds(options);
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderManyBuilds(report));
  process.exit();
}
const rounds = parseCount('--rounds', values.rounds);
const files = values.quick ? 10_000 : parseCount('--files', values.files);
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
say(`making ${files} files, or finding those of an earlier run, in ${benchFolder()}`);
const { root, ...tree } = await generateTree(files);
const packers = listPackers(findPigz()).filter(({ name }) => name.startsWith(values.only));
const scratch = mkdtempSync(join(benchFolder(), 'run-'));
const mixes: MixResult[] = [];
try {
  for (const mix of ignoreMixes) mixes.push(await runMix(mix, { root, scratch, rounds, packers, say }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const machine = {
  cores: availableParallelism(),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
};
const report: BenchReport = { machine, tree, rounds, mixes };
process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : `\n${renderReport(report)}`);

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(`${option} takes a whole number from 1 up, not ${text}`);
}
