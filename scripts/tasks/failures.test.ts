import { expect, test } from 'vitest';
import { failureLines } from './failures.mjs';

const root = '/clone';
const file = { name: '/clone/a/x.test.ts', status: 'failed', message: '', assertionResults: [] as object[] };
const passed = { ancestorTitles: ['s'], fullName: 's good', status: 'passed', failureMessages: [] };
const failed = {
  ancestorTitles: ['s'],
  fullName: 's bad',
  status: 'failed',
  failureMessages: ['\u001b[31mError: no\u001b[39m\n    at x.ts:1'],
};
const skipped = { ancestorTitles: ['s'], fullName: 's late', status: 'skipped', failureMessages: [] };

const linesOf = (...testResults: readonly (typeof file)[]) =>
  failureLines([{ name: 'unit', exitCode: 1, report: { testResults } }], root);

test.each([
  ['a failed test', [passed, failed], '', ['unit  a/x.test.ts > s bad: Error: no']],
  ['a hook of the file', [skipped], 'no server\nat all', ['unit  a/x.test.ts: no server']],
  ['a file that can not be loaded', [], "Cannot find './y'", ["unit  a/x.test.ts: Cannot find './y'"]],
  [
    'a hook of a suite',
    [skipped],
    '',
    ['unit  a/x.test.ts > s: a hook of the suite failed; its message is in the output above'],
  ],
])('%s', (_what, assertionResults, message, lines) => {
  const good = { ...file, status: 'passed', assertionResults: [passed] };
  expect(linesOf(good, { ...file, assertionResults, message })).toEqual(lines);
});

test('a gate that ended badly without a failed test, and one without tests', () => {
  const gates = [
    { name: 'lint', exitCode: 1, report: undefined },
    { name: 'e2e', exitCode: 7, report: { testResults: [{ ...file, status: 'passed' }] } },
  ];
  expect(failureLines(gates, root)).toEqual([
    'e2e  no test of its report failed; what it printed above says why it ended with 7',
  ]);
});

test('no more than 20, and short ones', () => {
  const long = { ...failed, failureMessages: ['x'.repeat(1_000)] };
  const lines = linesOf({ ...file, assertionResults: Array.from({ length: 23 }, () => long) });
  expect(lines).toHaveLength(21);
  expect(lines[0]).toHaveLength(300);
  expect(lines.at(-1)).toBe('… and 3 more');
});
