import { describe, expect, test } from 'vitest';
import { usageProblem } from '../testing/usage-problem.ts';
import { commands } from './commands.ts';
import { parseCommandLine } from './parse-command-line.ts';

function settings(line: string, env: string) {
  const variables = Object.fromEntries(
    env.split(' ').flatMap((pair) => (pair === '' ? [] : [pair.split('=') as [string, string]])),
  );
  const parsed = parseCommandLine(['build', '.', ...line.split(' ').filter(Boolean)], commands, variables);
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  return parsed.values.flags;
}

describe('--push and --no-push are one setting', () => {
  test.each([
    ['', '', undefined],
    ['--push', '', true],
    ['--push=false', '', false],
    ['--no-push', '', false],
    ['--no-push=false', '', true],
    ['--push --no-push=false', '', true],
    ['--no-push --push=false', '', false],
    ['--push=false --push', '', true],
    ['--no-push --no-push=false', '', true],
    ['', 'KANIKIT_PUSH=false', false],
    ['', 'KANIKIT_PUSH=1', true],
    ['--push', 'KANIKIT_PUSH=0', true],
    ['--no-push', 'KANIKIT_PUSH=true', false],
    ['--no-push=false', 'KANIKIT_PUSH=false', true],
  ])('%s, %s', (line, env, expected) => {
    const flags = settings(line, env);
    expect(flags['push']).toBe(expected);
    expect(flags['no-push']).toBeUndefined();
  });

  test.each([
    ['--push --no-push', '--push and --no-push contradict each other.'],
    ['--no-push --push=t', '--push and --no-push contradict each other.'],
    ['--push=false --no-push=false', '--push=false and --no-push=false contradict each other.'],
  ])('refuses %s', (line, problem) => {
    expect(usageProblem(() => settings(line, ''))).toContain(problem);
  });
});

describe('the cache, and what turns it on', () => {
  test.each([
    ['--cache-repo r', '', true],
    ['--cache-copy-layers', '', true],
    ['--cache-copy-layers=false', '', undefined],
    ['--no-cache --cache-copy-layers=false', '', false],
    ['--no-cache=false', '', true],
    ['--no-cache', 'KANIKIT_CACHE=true', false],
    ['--no-cache', 'KANIKIT_CACHE_COPY_LAYERS=true', false],
    ['--cache-repo r', 'KANIKIT_CACHE=false', true],
    ['', 'KANIKIT_CACHE_COPY_LAYERS=1', true],
  ])('%s, %s', (line, env, expected) => {
    expect(settings(line, env)['cache']).toBe(expected);
  });

  test.each([
    ['--cache=false --cache-repo r', '', '--cache=false and --cache-repo contradict each other.'],
    ['--no-cache --cache-repo r', '', '--no-cache contradicts the other cache flags.'],
    ['--cache=0 --cache-copy-layers', '', '--cache=false and --cache-copy-layers contradict each other.'],
    [
      '',
      'KANIKIT_CACHE=0 KANIKIT_CACHE_COPY_LAYERS=1',
      'KANIKIT_CACHE and KANIKIT_CACHE_COPY_LAYERS contradict',
    ],
  ])('refuses %s, %s', (line, env, problem) => {
    expect(usageProblem(() => settings(line, env))).toContain(problem);
  });
});

describe('clusters', () => {
  test.each([
    ['--kubeconfig k', 'KANIKIT_SANDBOX=1', { sandbox: undefined, kubeconfig: 'k' }],
    ['--sandbox', 'KANIKIT_IN_CLUSTER=1', { sandbox: true, 'in-cluster': undefined }],
    ['--sandbox=false --kubeconfig k', '', { sandbox: false, kubeconfig: 'k' }],
    ['--in-cluster=0 --kube-context c', '', { 'in-cluster': false, 'kube-context': 'c' }],
  ])('%s, %s', (line, env, expected) => {
    expect(settings(line, env)).toMatchObject(expected);
  });
});
