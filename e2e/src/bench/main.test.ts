import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../parts/run-program.ts';
import { type ManyBuildsReport, renderManyBuilds } from './many-builds.ts';
import type { BenchReport } from './render-report.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const nodeArguments = ['--conditions=@kanikit/source', main];

test('a small run: every packer is measured, ours has the right files in every mix', async () => {
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
    ...nodeArguments,
    '--files=600',
    '--rounds=2',
    '--json',
  ]);
  expect(exitCode, stderr).toBe(0);
  const { tree, mixes } = JSON.parse(stdout) as BenchReport;
  expect(tree.files).toBe(600);
  expect(mixes.map(({ mix }) => mix)).toEqual(['nothing ignored', '70 % ignored']);
  for (const { packers } of mixes) {
    const [first, again, changed, ...others] = packers;
    expect(first).toMatchObject({ packer: 'kanikit', files: { missing: 0, extra: 0 } });
    expect(again!.bytesOut).toBe(0);
    expect(changed!.bytesOut).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThanOrEqual(4);
    for (const { seconds, bytesOut, peakBytes } of [first!, ...others]) {
      expect(seconds).toHaveLength(2);
      expect(bytesOut).toBeGreaterThan(1000);
      expect(peakBytes).toBeGreaterThan(0);
    }
  }
  // `tar` has no word for "but not this one".
  const tar = mixes[1]!.packers.find(({ packer }) => packer === 'tar + gzip -1');
  expect(tar?.files).toEqual({ missing: 2, extra: 0 });
});

test('many builds of one client: all succeed, and what they cost is counted', async () => {
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
    ...nodeArguments,
    '--builds=20',
    '--concurrency=5',
    '--pod-seconds=1',
    '--json',
  ]);
  expect(exitCode, stderr).toBe(0);
  const report = JSON.parse(stdout) as ManyBuildsReport;
  expect(report).toMatchObject({ succeeded: 20, requests: { 'create pods': 20, 'watch pods': 1 } });
  for (const cpuMs of Object.values(report.cpu)) expect(cpuMs).toBeGreaterThan(0);
  expect(report.memory.map(({ ended }) => ended)).toEqual([2, 5, 10, 15, 20]);
  expect(renderManyBuilds(report)).toContain('20 of 20 builds, 5 at once, pods of 1 s');
});

test('an option that makes no sense is refused', async () => {
  const { exitCode, stderr } = await runProgram(process.execPath, [...nodeArguments, '--rounds', 'none']);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('--rounds takes a whole number from 1 up, not none');
});
