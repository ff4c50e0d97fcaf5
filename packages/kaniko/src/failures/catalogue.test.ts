import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainLog } from '../explain/explain-log.ts';
import { line, render } from '../decoder/render-log.test.helper.ts';
import { failureCatalogue } from './catalogue.ts';
import { failureCases } from './failure-cases.test.helper.ts';
import { ran, running, stage } from './last-words.test.helper.ts';

describe.each(failureCases)('$code: $last', ({ code, last, before = [], exitCode = 1, step }) => {
  test.each(['color', 'json'] as const)('%s', (format) => {
    const report = explainLog(`${render(format, before)}${last}\n`);
    expect(report.verdict).toMatchObject({ outcome: 'failed', exitCode, failure: { code } });
    expect(report.verdict.failure?.step?.instruction).toBe(step);
    expect(report.lines).toMatchObject({ unknown: 0, executor: report.lines.total - report.lines.output });
    expect(report.lines.output).toBe(before.filter((entry) => typeof entry === 'string').length);
  });
});

describe('failures that a line of the log announces', () => {
  const lines: readonly (readonly [string, string, 'fatal' | 'panic', number])[] = [
    ['platform-invalid', 'Invalid platform "x": unknown', 'fatal', 1],
    ['snapshot-timeout', 'Timed out snapshotting FS in 90m', 'fatal', 1],
    ['flag-invalid', 'invalid value "x" for KANIKO_NO_PUSH environment variable', 'fatal', 1],
    ['executor-assertion', 'Assertion violated [stage-order]: no', 'panic', 2],
  ];
  test.each(lines)('%s', (code, message, level, exitCode) => {
    const time = '2026-01-02T03:04:05Z';
    for (const log of [
      `time="${time}" level=${level} msg=${JSON.stringify(message)}`,
      `{"level":"${level}","msg":${JSON.stringify(message)},"time":"${time}"}`,
      `\x1b[31m${level.slice(0, 4).toUpperCase()}\x1b[0m[0000] ${message.padEnd(44)} `,
    ]) {
      const stack =
        level === 'panic' ? '\npanic: (*logrus.Entry) 0xc000\n\ngoroutine 1 [running]:\nmain.main()' : '';
      const report = explainLog(`${log}${stack}\n`);
      expect(report.verdict).toMatchObject({ outcome: 'failed', exitCode, failure: { code, step: null } });
      expect(report.lines).toMatchObject({ executor: report.lines.total });
    }
  });
});

describe('ends without a word', () => {
  test.each([
    [137, 'executor-killed', 'RUN make'],
    [2, 'executor-terminated', undefined],
    [143, 'executor-terminated', undefined],
    [9, 'executor-ended', undefined],
  ])('exit code %d', (exitCode, code, step) => {
    const report = explainLog(render('text', running), { exitCode });
    expect(report.verdict).toMatchObject({ outcome: 'failed', exitCode, failure: { code } });
    expect(report.verdict.failure?.step?.instruction).toBe(step);
  });

  test('prove nothing without the exit code', () => {
    expect(explainLog(render('text', running)).verdict).toEqual({
      outcome: 'unfinished',
      exitCode: null,
      failure: null,
    });
  });
});

test('a missing source is blamed on the instruction that the Dockerfile has next', () => {
  const dockerfile = 'FROM alpine:3\nRUN make\nENV A=b\nCOPY a b /x/\n';
  const last = `${stage}failed to get files used from context: failed to get fileinfo for /workspace/a: lstat /workspace/a: no such file or directory\n`;
  const report = explainLog(render('text', [...ran, line('ENV A=b', 3)]) + last, { dockerfile });
  expect(report.verdict.failure?.step).toEqual({ stage: 0, index: 2, instruction: 'COPY a b /x/' });
});

test('every code is documented, unique and kebab-case', () => {
  const codes = failureCatalogue.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !/^[a-z]+(?:-[a-z]+)*$/.test(code))).toEqual([]);
  const silent = [
    'platform-invalid',
    'snapshot-timeout',
    'executor-assertion',
    'executor-killed',
    'executor-terminated',
    'executor-ended',
  ];
  expect(new Set([...failureCases.map(({ code }) => code), ...silent])).toEqual(new Set(codes));
  expect(failureCatalogue.filter(({ code, isRetryable }) => isRetryable && code.startsWith('run-'))).toEqual(
    [],
  );
});

test('docs/failures.md is the catalogue', () => {
  const page = readFileSync(new URL('../../../../docs/failures.md', import.meta.url), 'utf8');
  const rows = failureCatalogue.map(
    ({ code, meaning, remedy, isRetryable }) =>
      `| \`${code}\` | ${meaning} | ${remedy} | ${isRetryable ? 'yes' : 'no'} |`,
  );
  const table = page.split('\n').filter((text) => text.startsWith('| `'));
  expect(table.map((row) => row.replaceAll(/ +/g, ' '))).toEqual(rows);
});
