import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { opening, pushed, render, runEnd, runStart } from '../decoder/render-log.test.helper.ts';
import { explainWithDetails } from './explain-log.ts';
import { formatExplanation } from './format-explanation.ts';

const sample = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

test('a failing step with the lines that matter and what to do', () => {
  expect(formatExplanation(explainWithDetails(sample('39-lab-g1240-fail.log'))))
    .toBe(`Kaniko failed, exit code 7 (2 steps)

Stage 0 from 127.0.0.1:5000/lab/base:1
  ✓ WORKDIR /w
  ✗ RUN echo before; echo oops >&2; exit 7  2 lines

run-failed  “RUN echo before; echo oops >&2; exit 7” ended with exit status 7.
  │ oops
  │ before
The reason is in the last lines that the command printed.

22 lines: 20 of the executor, 2 of programs
`);
});

test('stages, cache hits and images', () => {
  const text = formatExplanation(explainWithDetails(sample('73-lab-o1283-warm-text.log')), { width: 60 });
  expect(text).toContain('Kaniko (osscontainertools) succeeded, exit code 0 (16 steps, 7 from the cache)');
  expect(text).toContain('Stage 0 builder from 127.0.0.1:5000/lab/base:1\n  ✓ WORKDIR /src  cached\n');
  expect(text).toContain('pushed 127.0.0.1:5000/lab/app:o1283-c\n       sha256:8a86c4d5');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(line.includes('(') ? 90 : 85);
});

test('steps of squashed stages have the headings of their stages', () => {
  const lines = opening('alpine:3').concat(runStart('one'), runEnd(), runStart('two'), runEnd(), pushed());
  const log = render('json', lines).replace("idx: '0'", "idx: '1'");
  const dockerfile = 'FROM alpine:3 AS a\nRUN one\nFROM a\nRUN two\n';
  const text = formatExplanation(explainWithDetails(log, { dockerfile }));
  expect(text).toContain('Stage 0 into stage 1\n  ✓ RUN one\n\nStage 1 from alpine:3\n  ✓ RUN two\n\npushed');
});

test('a refused start and an unfinished build', () => {
  expect(formatExplanation(explainWithDetails(sample('57-lab-g1240-badflag.log')))).toContain(
    'flag-unknown  unknown flag: --nope\n',
  );
  expect(formatExplanation(explainWithDetails(sample('42-lab-g1240-oom-kaniko.log')))).toContain(
    'unfinished: the log proves neither success nor failure',
  );
});

test.each([
  ['nothing', '', 'The log is empty.'],
  ['the output of npm', 'added 3 packages in 1s\n', "No line of this is known as Kaniko's (1 line)."],
  [
    'the log of BuildKit',
    '#1 [internal] load build definition\ntime="2026-11-23T05:47:30Z" level=info msg="trying next host"\n#1 DONE 0.0s\n',
    "No line of this is known as Kaniko's (3 lines).",
  ],
])('%s is not told as a build that did not finish', (_name, text, words) => {
  const explanation = explainWithDetails(text);
  expect(formatExplanation(explanation)).toBe(
    `${words}\nGive the log of the executor itself: kubectl logs POD, or the output of the job\nthat ran it.\n`,
  );
  expect(explanation.report.verdict.outcome).toBe('unfinished');
  expect(formatExplanation(explanation, { isRunning: true })).toContain('Kaniko running');
});

test('a COPY whose file is missing is among the steps, although the executor never printed it', () => {
  const log = render('text', [
    ...opening('alpine', 'RUN one'),
    ...runStart('one'),
    runEnd(),
    'error building image: error building stage: failed to get files used from context: failed to get fileinfo for /workspace/gone: lstat /workspace/gone: no such file or directory',
  ]);
  const explanation = explainWithDetails(log, {
    dockerfile: 'FROM alpine\nRUN one\nCOPY gone /x\nRUN two\n',
  });
  expect(explanation.report.steps.map(({ instruction }) => instruction)).toEqual(['RUN one', 'COPY gone /x']);
  expect(formatExplanation(explanation)).toContain('  ✓ RUN one\n  ✗ COPY gone /x\n');
});

test('control sequences from the log never reach the terminal', () => {
  const evil = '\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x07\u202eabc\x9b2J';
  const log = render('json', [
    ...opening('alpine', `RUN ${evil}`),
    ...runStart(evil),
    evil,
    runEnd(),
    ...pushed(),
  ]);
  for (const format of [
    formatExplanation(explainWithDetails(log)),
    formatExplanation(
      explainWithDetails(
        log.replace(
          /\{"level":"info","msg":"Taking[^\n]*\n(?=\{"level":"info","msg":"Pushing)[^]*/,
          'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1\n',
        ),
      ),
    ),
  ]) {
    expect(format).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(format).toContain('red');
  }
});

test('colour only when asked for', () => {
  const explanation = explainWithDetails(sample('39-lab-g1240-fail.log'));
  expect(formatExplanation(explanation)).not.toContain('\x1b');
  expect(formatExplanation(explanation, { color: true })).toContain('\x1b[31m');
});

test('the log of a build that goes on is not called unfinished', () => {
  const beginning = sample('73-lab-o1283-warm-text.log').subarray(0, 200);
  const explanation = explainWithDetails(beginning);
  expect(formatExplanation(explanation)).toContain('the log proves neither success nor failure');
  const running = formatExplanation(explanation, { isRunning: true });
  expect(running.split('\n')[0]).toMatch(/running \(/);
  expect(running).not.toContain('neither');
});
