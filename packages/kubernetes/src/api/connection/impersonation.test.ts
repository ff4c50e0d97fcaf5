import { afterEach, describe, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';
import type { ClientCredential, ClusterConnection } from './cluster-connection.ts';
import { impersonationHeaders } from './impersonation.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const acting = { user: 'system:serviceaccount:ci:builder', uid: '7', groups: ['devs', 'ops'] };

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Everything that the driver ever asks a server: look, launch, attach, watch, log, find, follow, cancel, remove, examine. */
async function askEverything(server: FakeApiServer, connection: ClusterConnection): Promise<void> {
  const cluster = createCluster(connection);
  cleanups.push(() => cluster.close());
  const run = sampleRun();
  await cluster.check({ namespace: 'default', isAttachNeeded: true }, run).catch(() => undefined);
  await cluster.examine?.({ launch: sampleLaunch(), isAttachNeeded: true }, run).catch(() => undefined);
  server.onAttach = (socket) => {
    socket.on('message', (data: Buffer) => {
      if (data[0] === 255) socket.send(Buffer.concat([Buffer.of(3), Buffer.from('{"status":"Success"}')]));
    });
  };
  const pod = await cluster.launch(sampleLaunch({ isStdinUsed: true }), run);
  server.setStatus(pod.name, runningStatus);
  await pod.sendStdin(nothing(), run);
  server.log(pod.name).end();
  server.setStatus(pod.name, endedStatus(0));
  for await (const line of pod.log) void line;
  const found = await cluster.builds?.find({}, run);
  for (const build of found?.builds ?? []) await cluster.builds?.cancel(build, run);
  await pod.remove();
}

describe('a kubeconfig that acts as somebody else', () => {
  test.each<readonly [string, ClusterConnection['credential']]>([
    ['a token', { token: 't' }],
    ['a name and password', { basic: { username: 'u', password: 'p' } }],
    ['a plugin or a token file', async (): Promise<ClientCredential> => Promise.resolve({ token: 't' })],
    ['nothing', undefined],
  ])('does so with every request, its credential being %s', async (_name, credential) => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    await askEverything(server, { ...server.connection, credential, impersonation: acting });
    const kinds = server.requests.map(({ method, path, query }) => {
      const end = path.split('/').at(-1) ?? '';
      return `${method} ${query.has('watch') ? 'watch' : end}`;
    });
    expect(kinds).toEqual(
      expect.arrayContaining([
        'POST pods',
        'POST secrets',
        'POST selfsubjectrulesreviews',
        'GET watch',
        'GET log',
        'GET attach',
        'GET pods',
        'PATCH build-1',
        'DELETE build-1',
        'GET version',
      ]),
    );
    for (const { headers, path } of server.requests) {
      expect(headers, path).toMatchObject({
        'impersonate-user': acting.user,
        'impersonate-uid': '7',
        'impersonate-group': 'devs, ops',
      });
    }
  });

  test('says whose its builds are, and as whom it acts', async () => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    const cluster = createCluster({ ...server.connection, impersonation: acting });
    cleanups.push(() => cluster.close());
    await cluster.launch(sampleLaunch(), sampleRun());
    const { annotations } = server.store.object('pods', 'build-1')!['metadata'] as {
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect(annotations['kanikit.dev/owner']).toMatch(/@.* as system:serviceaccount:ci:builder$/);
  });

  test.each(['a\nb', 'a\rb', 'a\u0000b', 'a\u007fb'])('never adds a header by the value %j', async (user) => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    const cluster = createCluster({ ...server.connection, impersonation: { user } });
    cleanups.push(() => cluster.close());
    await expect(cluster.launch(sampleLaunch(), sampleRun())).rejects.toMatchObject({
      code: 'kubeconfig-invalid',
      message:
        'Using the cluster fake: the value for Impersonate-User holds a line break or another control character.',
    });
    expect(server.requests).toEqual([]);
  });

  test('nor does a token, which no error repeats', async () => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    const credential = { token: 'se-cret\r\nX-Other: 1' };
    const cluster = createCluster({ ...server.connection, credential });
    cleanups.push(() => cluster.close());
    const error: unknown = await cluster
      .launch(sampleLaunch(), sampleRun())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'kubeconfig-invalid' });
    expect(String(error)).toMatch(/the token holds a line break/);
    expect(String(error)).not.toContain('se-cret');
  });
});

test('keys of extra fields are escaped as client-go escapes them', () => {
  expect(
    impersonationHeaders({
      user: 'jane',
      extra: { scopes: ['view', 'edit'], 'acme.com/Project': ['x'], 'a%b ä': ['1'], none: [] },
    }),
  ).toEqual({
    'Impersonate-User': ['jane'],
    'Impersonate-Extra-Scopes': ['view', 'edit'],
    'Impersonate-Extra-Acme.com%2fproject': ['x'],
    'Impersonate-Extra-A%25b%20%c3%a4': ['1'],
  });
});
