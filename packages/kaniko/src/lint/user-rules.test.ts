import { expect, it } from 'vitest';
import { lintForExecutor } from './lint-for-executor.ts';

type Executor = Parameters<typeof lintForExecutor>[1];
const google = (version: string): Executor => ({ distribution: 'google', version });
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });
const chainguard: Executor = { distribution: 'chainguard', version: '1.25.5' };

const codes = (text: string, executor: Executor, features = {}): string[] =>
  lintForExecutor(text, executor, { features }).map(({ code }) => code);

it.each<[string, Executor, string[]]>([
  ['USER 1000:2000\nRUN id', fork('1.28.3'), ['run-group-ignored']],
  ['USER app:staff\nRUN id\nRUN id', google('1.24.0'), ['run-group-ignored']],
  ['USER app:staff\nRUN id', chainguard, ['run-group-ignored']],
  ['USER app:staff\nRUN id', google('0.19.0'), []],
  ['USER app:staff\nRUN id', google('0.20.0'), ['run-group-ignored']],
  ['USER app:staff\nRUN a\nUSER b:staff\nRUN b', fork('1.28.3'), ['run-group-ignored', 'run-group-ignored']],
  ['USER app:staff', fork('1.28.3'), []],
  ['USER app:app\nRUN id', fork('1.28.3'), []],
  ['USER app\nRUN id', fork('1.28.3'), []],
  ['USER root:root\nRUN id', fork('1.28.3'), []],
  ['USER 0\nCOPY a /a', fork('1.28.3'), []],
  ['USER app\nCOPY a /a\nCOPY b /b', fork('1.28.3'), ['copy-owned-by-user']],
  ['USER app\nADD a /a', fork('1.25.0'), ['add-owned-by-user']],
  ['USER app\nCOPY a /a', fork('1.24.3'), []],
  ['USER app\nCOPY a /a', google('1.24.0'), []],
  ['USER app\nCOPY --chown=0 a /a', fork('1.28.3'), []],
  ['USER app\nCOPY --from=b /a /a', fork('1.28.3'), []],
  ['USER app\nADD a.tar.gz /a', fork('1.28.3'), []],
  ['USER app\nUSER root\nCOPY a /a', fork('1.28.3'), []],
  ['ARG U=7 G=7\nUSER ${U}:$G\nRUN id', google('1.24.0'), []],
  ['ARG U=7\nARG G=$U\nUSER $U:$G\nRUN id', google('1.24.0'), []],
  ['ARG U=7\nARG G=8\nUSER $U:$G\nRUN id', google('1.24.0'), ['run-group-ignored']],
  ['ENV U app\nENV G="app"\nUSER $U:$G\nRUN id', google('1.24.0'), []],
  ['USER $U:$G\nRUN id', google('1.24.0'), ['run-group-ignored']],
  ['ENV U=root\nUSER ${U}\nCOPY a /a', fork('1.28.3'), []],
  ['USER ${U:-0}\nCOPY a /a', fork('1.28.3'), ['copy-owned-by-user']],
  ['USER "app":app\nRUN id', google('1.24.0'), []],
])('%j in %j: %j', (steps, executor, expected) => {
  expect(codes(`FROM alpine\n${steps}\n`, executor)).toEqual(expected);
});

it('is silent with the feature flags, except for what they do not mend', () => {
  const group = { FF_KANIKO_RUN_HONOR_GROUP: true };
  const root = { FF_KANIKO_COPY_AS_ROOT: true };
  expect(codes('FROM a\nUSER app:staff\nRUN id\n', fork('1.28.3'), group)).toEqual([]);
  expect(codes('FROM a\nUSER app\nCOPY a /a\n', fork('1.28.3'), root)).toEqual([]);
  expect(codes('FROM a\nUSER app\nADD https://e.com/a /a\n', fork('1.28.3'), root)).toEqual([
    'add-owned-by-user',
  ]);
});

it('follows the user of the stage below', () => {
  expect(codes('FROM a AS b\nUSER app:staff\nFROM b\nRUN id\n', fork('1.28.3'))).toEqual([
    'run-group-ignored',
  ]);
});

it.each([
  ['ARG U=7\nFROM a\nARG U\nARG G=7\nUSER $U:$G\nRUN id', {}, []],
  ['FROM a\nARG U=7\nARG G=8\nUSER $U:$G\nRUN id', { G: '7' }, []],
  ['FROM a\nARG U=7\nARG G=7\nUSER $U:$G\nRUN id', { G: '8' }, ['run-group-ignored']],
  ['FROM a AS b\nENV U=7 G=7\nFROM b\nUSER $U:$G\nRUN id', {}, []],
  ['FROM a AS b\nARG U=7\nFROM b\nUSER $U:7\nRUN id', {}, ['run-group-ignored']],
])('knows the variables that %j sets with %j', (text, buildArgs, expected) => {
  const lints = lintForExecutor(`${text}\n`, google('1.24.0'), { buildArgs });
  expect(lints.map(({ code }) => code)).toEqual(expected);
});
