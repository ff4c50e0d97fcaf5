import { expect, test } from 'vitest';
import { resolveExecutor } from '../executor/resolve-executor.ts';
import { checkVariables } from './check-variables.ts';

const fork = resolveExecutor({ distribution: 'osscontainertools' });
const google = resolveExecutor({ distribution: 'google' });
const options = { isPushed: true, hasCredentials: true };

const codes = (
  name: string,
  value: string | undefined,
  executor = fork,
  given = options,
): readonly string[] =>
  checkVariables([{ name, value }], executor, given).map(({ kind, code }) => `${kind} ${code}`);

test.each(['1', 't', 'T', 'true', 'True', 'TRUE', 'maybe', ''])(
  'KANIKO_NO_PUSH=%s is refused where a push is asked for',
  (value) => {
    expect(codes('KANIKO_NO_PUSH', value)).toEqual(['problem environment-contradicts-request']);
  },
);

test.each(['0', 'f', 'false', 'FALSE'])('KANIKO_NO_PUSH=%s is fine', (value) => {
  expect(codes('KANIKO_NO_PUSH', value)).toEqual([]);
});

test('KANIKO_NO_PUSH says what a build without a push says, too', () => {
  expect(codes('KANIKO_NO_PUSH', '1', fork, { ...options, isPushed: false })).toEqual([]);
  expect(codes('KANIKO_NO_PUSH', undefined, fork, { ...options, isPushed: false })).toEqual([]);
});

test('a value that only the cluster knows is told', () => {
  expect(codes('KANIKO_NO_PUSH', undefined)).toEqual(['warning environment-unknown']);
});

test('the folder of the executor stays where credentials are mounted', () => {
  expect(codes('KANIKO_DIR', '/work')).toEqual(['problem environment-contradicts-request']);
  expect(codes('KANIKO_DIR', '/kaniko')).toEqual([]);
});

test('credentials that the executor would not look at are told', () => {
  expect(codes('DOCKER_AUTH_CONFIG', '{}')).toEqual(['warning credentials-shadowed']);
  expect(codes('DOCKER_AUTH_CONFIG', '{}', google)).toEqual([]);
  expect(codes('DOCKER_CONFIG', '/elsewhere', google)).toEqual(['warning credentials-shadowed']);
  expect(codes('DOCKER_CONFIG', '/kaniko/.docker/')).toEqual([]);
  expect(codes('DOCKER_AUTH_CONFIG', '{}', fork, { ...options, hasCredentials: false })).toEqual([]);
});

test('names of objects are no variables', () => {
  expect(codes('constructor', 'x')).toEqual([]);
});
