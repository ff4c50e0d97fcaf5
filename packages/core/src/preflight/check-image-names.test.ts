import type { BuildRequest, ExecutorChoice } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { startRun } from '../run/start-run.ts';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment, createScriptedSource } from '../testing/scripted-context.ts';

const google = { distribution: 'google', version: '1.24.0' } as const;
const chainguard = { distribution: 'chainguard', version: '1.25.5', image: 'mirror.example/kaniko' } as const;
const fork = (version: string) => ({ distribution: 'osscontainertools', version }) as const;

async function problemsOf(
  executor: ExecutorChoice,
  request: Partial<BuildRequest>,
  dockerfileText = 'FROM alpine\n',
): Promise<string[]> {
  const cluster = createScriptedCluster(() => ({}));
  const environment = createScriptedEnvironment(cluster, {
    sources: [createScriptedSource({ dockerfileText })],
  });
  const whole = { context: './app', destinations: ['registry.example/app:1'], executor, ...request };
  const { problems } = await startRun([whole], environment, { onEvent: () => undefined }).result;
  return problems.map(({ code }) => code);
}

test.each<[ExecutorChoice, string[]]>([
  [google, ['image-host-ignored']],
  [chainguard, ['image-host-ignored']],
  [fork('1.27.6'), ['image-host-ignored']],
  [fork('1.28.0'), []],
])('localhost as a registry in %j: %j', async (executor, codes) => {
  expect(await problemsOf(executor, { destinations: ['localhost/app:1'] })).toEqual(codes);
  expect(await problemsOf(executor, { cache: { repository: 'localhost/cache' } })).toEqual(codes);
  expect(await problemsOf(executor, { executorArgs: ['--cache-repo=localhost/cache'] })).toEqual(codes);
  expect(await problemsOf(executor, {}, 'FROM localhost/base\n')).toEqual(codes);
  expect(await problemsOf(executor, {}, 'FROM a1\nCOPY --from=localhost/tools /x /x\n')).toEqual(codes);
  expect(await problemsOf(executor, { destinations: ['localhost:5000/app:1'] })).toEqual([]);
});

test.each<[string, Partial<BuildRequest>, string | undefined, string[]]>([
  [
    'a destination of one letter',
    { destinations: ['registry.example/a:1'] },
    undefined,
    ['image-reference-invalid'],
  ],
  ['a destination in upper case', { destinations: ['Team/app'] }, undefined, ['image-reference-invalid']],
  ['a base of one letter', {}, 'FROM b\n', ['image-reference-invalid']],
  [
    'a base with a digest of another kind',
    {},
    `FROM ab@sha512:${'a'.repeat(128)}\n`,
    ['image-reference-invalid'],
  ],
  [
    'a copy from a stage that is not there',
    {},
    'FROM ab\nCOPY --from=7 /x /x\n',
    ['image-reference-invalid'],
  ],
  ['a base with a variable in an unneeded stage', {}, 'FROM b AS one\nFROM ab\n', []],
  ['a stage of one letter', {}, 'FROM ab AS b\nFROM b\nCOPY --from=b /x /x\n', []],
  [
    'a cache repository with a tag',
    { cache: { repository: 'registry.example/cache:1' } },
    undefined,
    ['cache-repository-invalid'],
  ],
  [
    'a cache repository with a tag, behind --',
    { executorArgs: ['--cache-repo', 'registry.example/cache:1'] },
    undefined,
    ['cache-repository-invalid'],
  ],
  [
    'a cache repository of one letter, behind --',
    { executorArgs: ['--cache-repo=registry.example/c'] },
    undefined,
    ['image-reference-invalid'],
  ],
  ['a cache in a folder, behind --', { executorArgs: ['--cache-repo=oci:/cache'] }, undefined, []],
  ['a cache in a folder', { cache: { repository: 'oci:/cache' } }, undefined, []],
])('%s', async (_, request, dockerfile, codes) => {
  expect(await problemsOf(fork('1.28.3'), request, dockerfile)).toEqual(codes);
});
