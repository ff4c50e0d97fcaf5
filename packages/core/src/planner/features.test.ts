import type { BuildRequest, ExecutorChoice, KanikitEvent } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { startRun } from '../run/start-run.ts';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment, createScriptedSource } from '../testing/scripted-context.ts';

async function build(
  executor: ExecutorChoice,
  request: Partial<BuildRequest>,
  dockerfileText = 'FROM alpine\n',
) {
  const cluster = createScriptedCluster(() => ({}));
  const events: KanikitEvent[] = [];
  const environment = createScriptedEnvironment(cluster, {
    sources: [createScriptedSource({ dockerfileText })],
    clientEnv: { TOKEN: 'hunter2' },
  });
  const whole = { context: './app', destinations: ['registry.example/app:1'], executor, ...request };
  const { result } = startRun([whole], environment, { onEvent: (event) => void events.push(event) });
  const { problems } = await result;
  const env = cluster.launched[0]?.env ?? {};
  return {
    codes: problems.map(({ code }) => code),
    notices: events.flatMap((event) => (event.type === 'notice' ? event.code : [])),
    flags: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('FF_'))),
  };
}

const fork = (version: string): ExecutorChoice => ({ distribution: 'osscontainertools', version });

describe('the variables of a pod whose build is cached', () => {
  test.each<[ExecutorChoice, string[]]>([
    [{ distribution: 'google', version: '1.24.0' }, []],
    [{ distribution: 'chainguard', version: '1.25.5', image: 'mirror.example/kaniko' }, []],
    [fork('1.24.3'), []],
    [fork('1.26.6'), []],
    [fork('1.27.6'), ['SCOPED_DOCKERIGNORE']],
    [fork('1.28.0'), ['RESOLVE_CACHE_KEY', 'SKIP_WRITE_WHITEOUTS', 'SCOPED_DOCKERIGNORE']],
    [
      fork('1.28.3'),
      [
        'RESOLVE_CACHE_KEY',
        'SKIP_WRITE_WHITEOUTS',
        'SCOPED_DOCKERIGNORE',
        'HASH_DIR_FRAMING',
        'ROLLING_CACHE_KEY',
      ],
    ],
  ])('%j: %j', async (executor, names) => {
    const expected = Object.fromEntries(names.map((name) => [`FF_KANIKO_${name}`, 'true']));
    expect((await build(executor, { cache: true })).flags).toEqual(expected);
    expect((await build(executor, { executorArgs: ['--cache'] })).flags).toEqual(expected);
    expect((await build(executor, { cache: true, executorArgs: ['--cache=false'] })).flags).toEqual({});
    expect((await build(executor, {})).flags).toEqual({});
  });
});

test('what the user says of a feature flag goes before what kanikit would say', async () => {
  const name = 'FF_KANIKO_ROLLING_CACHE_KEY';
  const byFeature = await build(fork('1.28.3'), { cache: true, features: { [name]: false } });
  expect(byFeature.flags[name]).toBe('false');
  const byVariable = await build(fork('1.28.3'), { cache: true, pod: { env: { [name]: '0' } } });
  expect(byVariable.flags[name]).toBe('0');
  const profile = await build(fork('1.28.3'), { featureProfile: 'buildkit' });
  expect(Object.keys(profile.flags)).toHaveLength(6);
});

test.each([
  [{ features: { FF_KANIKO_RUN_VIA_TINNI: true } }, 'feature-unknown'],
  [{ pod: { env: { FF_KANIKO_RUN_VIA_TINNI: '1' } } }, 'feature-unknown'],
  [
    { features: { FF_KANIKO_RUN_VIA_TINI: true }, pod: { env: { FF_KANIKO_RUN_VIA_TINI: '0' } } },
    'feature-contradiction',
  ],
])('%j is refused before anything starts: %s', async (request, code) => {
  expect((await build(fork('1.28.3'), request)).codes).toEqual([code]);
});

describe('mounts that a release has switched off', () => {
  const dockerfile = 'FROM alpine\nRUN --mount=type=secret,id=tok cat /run/secrets/tok\n';
  const secrets = [{ id: 'tok', env: 'TOKEN' }];

  test('are switched on, and said nothing of', async () => {
    const { flags, notices } = await build(fork('1.26.6'), { secrets }, dockerfile);
    expect(flags).toEqual({ FF_KANIKO_RUN_MOUNT_SECRET: 'true' });
    expect(notices).not.toContain('run-mount-ignored');
  });

  test('are warned of where the user wants them off', async () => {
    const features = { FF_KANIKO_RUN_MOUNT_SECRET: false };
    const { notices } = await build(fork('1.26.6'), { secrets, features }, dockerfile);
    expect(notices).toContain('run-mount-ignored');
  });
});

describe('the secrets of the Dockerfile and those of the build', () => {
  const required = 'FROM alpine\nRUN --mount=type=secret,id=tok,required=true make\n';
  const optional = 'FROM alpine\nRUN --mount=type=secret,target=/run/tok make\n';
  const tok = [{ id: 'tok', env: 'TOKEN' }];
  const executor = fork('1.28.3');

  test.each<[string, Partial<BuildRequest>, string[], string[]]>([
    [required, {}, ['secret-missing'], []],
    [required, { secrets: tok }, [], []],
    [required, { executorArgs: ['--secret=id=tok,env=TOKEN'] }, [], []],
    ['FROM alpine\nRUN --mount=type=secret,id=tok,required make\n', {}, ['secret-missing'], []],
    ['FROM alpine\nRUN --mount=type=secret,id=tok,required=false make\n', {}, [], ['secret-absent']],
    ['FROM alpine\nRUN --mount=type=secret,id=tok,env=T make\n', {}, [], ['secret-absent']],
    [optional, {}, [], ['secret-absent']],
    [optional, { secrets: tok }, [], []],
    ['FROM alpine\nRUN make\n', { secrets: tok }, [], ['secret-unused']],
    ['ARG ID\nFROM alpine\nRUN --mount=type=secret,id=$ID make\n', { secrets: tok }, [], []],
    [`${required}FROM busybox\n`, {}, [], []],
    [
      `FROM alpine AS one\nRUN --mount=type=secret,id=tok,required=true x\nFROM busybox\nCOPY --from=one /x /x\n`,
      {},
      ['secret-missing'],
      [],
    ],
  ])('%j with %j', async (dockerfile, request, problems, notices) => {
    const { codes, ...rest } = await build(executor, request, dockerfile);
    expect(codes).toEqual(problems);
    expect(rest.notices.filter((code) => code.startsWith('secret-'))).toEqual(notices);
  });

  test('are not compared for an executor that mounts none', async () => {
    expect((await build({ distribution: 'google', version: '1.24.0' }, {}, required)).codes).toEqual([]);
  });
});
