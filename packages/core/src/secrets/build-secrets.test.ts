import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildRequest, BuildSecret, ExecutorChoice, KanikitEvent } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../model/result.ts';
import { startRun } from '../run/start-run.ts';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-secrets-'));
  await writeFile(join(folder, 'npmrc'), '//registry/:_authToken=tok-1\nalways-auth=yes-please\n');
  await writeFile(join(folder, 'large'), Buffer.alloc(500 * 1024 + 1));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function build(
  secrets: readonly BuildSecret[],
  more: { executor?: ExecutorChoice; script?: PodScript; request?: Partial<BuildRequest> } = {},
): Promise<{ result: RunResult; events: KanikitEvent[]; cluster: ReturnType<typeof createScriptedCluster> }> {
  const cluster = createScriptedCluster(() => more.script ?? {});
  const events: KanikitEvent[] = [];
  const environment = createScriptedEnvironment(cluster, {
    workingDirectory: folder,
    clientEnv: {
      NPM_TOKEN: 'hunter2',
      HTTPS_PROXY: 'http://me:pw-1234@proxy:3128',
      no_proxy: 'corp.example',
    },
    defaultExecutor: more.executor,
  });
  const request = { context: './app', destinations: ['registry.example/app:1'], secrets, ...more.request };
  const run = startRun([request], environment, { onEvent: (event) => void events.push(event) });
  return { result: await run.result, events, cluster };
}

const fork = { distribution: 'osscontainertools', version: '1.28.3' } as const;
const google = { distribution: 'google', version: '1.24.0' } as const;

describe('build secrets', () => {
  test('travel in the secret of the build, below /kaniko, and the executor is told where', async () => {
    const { cluster } = await build(
      [
        { id: 'npm', env: 'NPM_TOKEN' },
        { id: 'npmrc', file: 'npmrc' },
        { id: 'raw', value: new Uint8Array([0, 255]) },
        { id: 'ssh.key', secret: 'deploy', key: 'id_ed25519' },
      ],
      { executor: fork },
    );
    const [launch] = cluster.launched;
    expect(launch?.args).toEqual(
      expect.arrayContaining([
        '--secret=id=npm,src=/kaniko/kanikit-secrets/own/0',
        '--secret=id=npmrc,src=/kaniko/kanikit-secrets/own/1',
        '--secret=id=raw,src=/kaniko/kanikit-secrets/own/2',
        '--secret=id=ssh.key,src=/kaniko/kanikit-secrets/3/value',
      ]),
    );
    expect(launch?.secretFiles).toMatchObject([
      { path: '/kaniko/kanikit-secrets/own/0', content: 'hunter2' },
      { path: '/kaniko/kanikit-secrets/own/1' },
      { path: '/kaniko/kanikit-secrets/own/2', content: new Uint8Array([0, 255]) },
    ]);
    expect(launch?.existingSecretFiles).toEqual([
      { path: '/kaniko/kanikit-secrets/3/value', secret: 'deploy', key: 'id_ed25519' },
    ]);
    expect(launch?.args.join(' ')).not.toContain('hunter2');
  });

  test('are hidden in logs, line by line', async () => {
    const log = 'token hunter2 of\nalways-auth=yes-please\n';
    const { events } = await build(
      [
        { id: 'npm', env: 'NPM_TOKEN' },
        { id: 'npmrc', file: 'npmrc' },
      ],
      { executor: fork, script: { log, result: { message: 'with hunter2' } } },
    );
    const told = JSON.stringify(events);
    expect(told).toContain('token *** of');
    expect(told).not.toContain('hunter2');
    expect(told).not.toContain('yes-please');
  });

  test.each([
    [google, [{ id: 'a', env: 'NPM_TOKEN' }], 'secret-unsupported', 'Kaniko 1.24.0 (google) mounts none'],
    [fork, [{ id: 'a', env: 'NONE' }], 'secret-unreadable', 'the variable NONE is not set'],
    [fork, [{ id: 'a', file: 'none' }], 'secret-unreadable', 'no such file'],
    [fork, [{ id: 'a', file: 'large' }], 'secret-invalid', 'larger than 500 KiB'],
    [fork, [{ id: 'a/b', env: 'NPM_TOKEN' }], 'secret-invalid', '"a/b"'],
    [
      fork,
      [
        { id: 'a', env: 'NPM_TOKEN' },
        { id: 'a', file: 'npmrc' },
      ],
      'secret-invalid',
      'given twice',
    ],
  ])('%j %j: %s before anything starts', async (executor, secrets, code, words) => {
    const { result, cluster } = await build(secrets as unknown as BuildSecret[], { executor });
    expect(result.problems).toMatchObject([{ code, message: expect.stringContaining(words) }]);
    expect(cluster.launched).toEqual([]);
  });

  test('a build argument that looks like one is told', async () => {
    const request = { buildArgs: { NPM_TOKEN: undefined, VERSION: '1', PUBLIC_KEY: 'x', MONKEY: 'y' } };
    const { events } = await build([], { executor: fork, request });
    const notices = events.flatMap((event) =>
      event.type === 'notice' && event.code === 'build-arg-secret' ? [event] : [],
    );
    expect(notices).toMatchObject([
      {
        code: 'build-arg-secret',
        level: 'warning',
        hint: expect.stringContaining('`secrets: id=npm_token,env=NPM_TOKEN`'),
      },
    ]);
  });
});

test('a plain variable of the pod that looks like a secret is told, one from a secret is not', async () => {
  const env = {
    API_TOKEN: 'plain',
    DB_PASSWORD: { secret: 'db', key: 'password' },
    GREETING: 'hello',
    GOOGLE_APPLICATION_CREDENTIALS: '/secret/key.json',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
    SSH_AUTH_SOCK: 'agent',
  };
  const { events } = await build([], { executor: fork, request: { pod: { env } } });
  const notices = events.flatMap((event) =>
    event.type === 'notice' && event.code === 'env-secret' ? [event.message] : [],
  );
  expect(notices).toEqual([expect.stringContaining('API_TOKEN')]);
  expect(notices.join('')).not.toContain('plain');
});

describe('the pod of a request', () => {
  test("the client's proxies only when asked, passwords in the secret, names of the cluster never through them", async () => {
    const asked = await build([], { request: { pod: { proxy: 'environment' } } });
    const [launch] = asked.cluster.launched;
    const proxy = 'http://me:pw-1234@proxy:3128';
    expect(launch?.secretEnv).toEqual({ HTTPS_PROXY: proxy, https_proxy: proxy });
    const none = 'corp.example,.svc,.cluster.local,169.254.169.254,metadata.google.internal';
    expect(launch?.env).toEqual({ NO_PROXY: none, no_proxy: none });
    const unasked = await build([]);
    expect(unasked.cluster.launched[0]).toMatchObject({ env: {}, secretEnv: {} });
  });

  test('proxies that are named', async () => {
    const request = { pod: { proxy: { http: 'proxy:3128', none: '*' }, env: { http_proxy: 'own' } } };
    const { cluster } = await build([], { request });
    const env = { HTTP_PROXY: 'proxy:3128', http_proxy: 'own', NO_PROXY: '*', no_proxy: '*' };
    expect(cluster.launched[0]?.env).toEqual(env);
    const refused = await build([], { request: { pod: { proxy: { https: 'http://' } } } });
    expect(refused.result.problems).toMatchObject([{ code: 'proxy-invalid' }]);
  });

  test('its shape goes to the cluster as it came', async () => {
    const shape = {
      tolerations: [{ operator: 'Exists' }],
      preset: 'baseline',
      template: { spec: {} },
      patches: [{ type: 'json', patch: [{ op: 'add', path: '/spec/priority', value: 1 }] }],
    } as const;
    const { cluster } = await build([], { request: { platform: 'linux/arm64', pod: shape } });
    const nodeSelector = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64' };
    expect(cluster.launched[0]).toMatchObject({ ...shape, nodeSelector });
  });
});
