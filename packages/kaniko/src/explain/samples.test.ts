import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainLog } from './explain-log.ts';
import { forkSamples } from './fork-samples.test.helper.ts';
import { googleSamples } from './samples.test.helper.ts';

const samples = { ...googleSamples, ...forkSamples };

const folder = new URL('../../fixtures/', import.meta.url);

test('every sample has an expectation', () => {
  expect(Object.keys(samples)).toEqual(readdirSync(folder).filter((name) => name.endsWith('.log')));
});

describe.each(Object.entries(samples))('%s', (name, sample) => {
  const log = readFileSync(new URL(name, folder));
  const [stage = 0, index = 0] = (sample.failure?.step?.split(' ', 1)[0] ?? '').split('.').map(Number);
  const failure = sample.failure && {
    code: sample.failure.code,
    step:
      sample.failure.step === undefined
        ? null
        : { stage, index, instruction: sample.failure.step.slice(sample.failure.step.indexOf(' ') + 1) },
  };
  const verdict = {
    outcome: failure ? 'failed' : 'succeeded',
    exitCode: sample.exitCode,
    failure: failure ? expect.objectContaining(failure) : null,
  };

  test('is told by the log alone', () => {
    const report = explainLog(log);
    expect(Object.keys(report)).toEqual([
      'schema',
      'executor',
      'verdict',
      'stages',
      'steps',
      'images',
      'lines',
    ]);
    expect(report.schema).toBe('kanikit.explain/1');
    expect(report.executor).toEqual({
      distribution: sample.distribution,
      version: null,
      logFormat: sample.logFormat,
    });
    expect(report.verdict).toEqual(
      sample.isSilent ? { outcome: 'unfinished', exitCode: null, failure: null } : verdict,
    );
    expect(report.stages.map((at) => `${at.index} ${at.name ?? '-'} ${at.base}`)).toEqual(
      sample.stages ?? [],
    );
    expect(
      report.steps.map(
        (at) => `${at.stage}.${at.index} ${at.cache ?? '-'} ${at.outputLines} ${at.instruction}`,
      ),
    ).toEqual(sample.steps ?? []);
    expect(report.images.map(({ reference, digest }) => `${reference} ${digest}`)).toEqual(
      sample.images ?? [],
    );
    expect(report.lines).toEqual({
      total: sample.total,
      executor: sample.total - sample.output,
      output: sample.output,
      unknown: 0,
    });
  });

  test('is told with the exit code', () => {
    expect(explainLog(log, { exitCode: sample.exitCode }).verdict).toEqual(verdict);
  });
});

test('a Dockerfile gives the same story its names and positions', () => {
  const log = readFileSync(new URL('71-lab-o1283-cold-json.log', folder));
  const { steps } = explainLog(log);
  const lines = (stage: number) =>
    steps.filter((step) => step.stage === stage).map(({ instruction }) => instruction);
  const base = '127.0.0.1:5000/lab/base:1';
  const dockerfile = [
    `FROM ${base} AS builder`,
    ...lines(0),
    `FROM ${base} AS test`,
    'RUN echo unused',
    `FROM ${base} AS Last`,
    'MAINTAINER nobody',
    ...lines(2),
    '',
  ].join('\n');
  const report = explainLog(log, { dockerfile });
  expect(report.stages.map(({ index, name }) => [index, name])).toEqual([
    [0, 'builder'],
    [2, expect.stringMatching(/^last$/i)],
  ]);
  expect(report.steps).toEqual(steps);
  expect(explainLog(log, { dockerfile: 'not a Dockerfile' })).toEqual(explainLog(log));
});
