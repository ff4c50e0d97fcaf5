import { expect, test } from 'vitest';
import type { DoctorReport } from '@kanikit/sdk';
import { noColors } from '../text/colors.ts';
import { reportLines } from './report-lines.ts';

const report: DoctorReport = {
  canBuild: false,
  findings: [
    { check: 'server', title: 'API server', status: 'ok', message: 'Kubernetes v1.34.4' },
    {
      check: 'rights-job',
      title: 'Rights: job',
      status: 'warning',
      message: 'missing: create jobs',
      hint: 'Ask for the Role.',
    },
    {
      check: 'pod',
      title: 'Pod of a build',
      status: 'problem',
      message: 'a policy of the cluster refuses the pod\nwith many words\u001b[31m',
      hint: 'Its owner knows more.',
    },
    {
      check: 'rights-prune',
      title: 'Rights: prune',
      status: 'warning',
      message: 'missing: list jobs',
      hint: 'Ask for the Role.',
    },
    { check: 'nodes', title: 'Nodes', status: 'unknown', message: 'can not be seen' },
  ],
};

test('problems first, the same advice once, nothing raw', () => {
  expect(reportLines(report, noColors, undefined)).toEqual([
    'ok       API server      Kubernetes v1.34.4',
    'warning  Rights: job     missing: create jobs',
    'problem  Pod of a build  a policy of the cluster refuses the pod with many words',
    'warning  Rights: prune   missing: list jobs',
    'unseen   Nodes           can not be seen',
    '',
    'To fix, in this order:',
    ' 1. Pod of a build: Its owner knows more.',
    ' 2. Rights: job, Rights: prune: Ask for the Role.',
    '',
    'Builds can not run: 1 problem, 2 warnings.',
  ]);
});

test('in the columns of a terminal', () => {
  const lines = reportLines(report, noColors, 60);
  expect(lines.every((line) => line.length <= 60)).toBe(true);
  expect(lines.slice(2, 4)).toEqual([
    'problem  Pod of a build  a policy of the cluster refuses the',
    '                         pod with many words',
  ]);
});

test('all is well', () => {
  const [first] = report.findings;
  expect(reportLines({ canBuild: true, findings: [first!] }, noColors, undefined)).toEqual([
    'ok       API server  Kubernetes v1.34.4',
    '',
    'Builds can run.',
  ]);
});
