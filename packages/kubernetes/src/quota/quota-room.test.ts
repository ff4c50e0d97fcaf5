import { type Cluster, type KanikitError, isKanikitError } from '@kanikit/spec';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCluster } from '../create-cluster.ts';
import { type FakeApiServer, type SeenRequest, startFakeApiServer } from '../testing/fake-api-server.ts';
import { status } from '../testing/fake-store.ts';
import { sampleLaunch, sampleRun } from '../testing/launches.ts';

const path = '/api/v1/namespaces/default/resourcequotas';
const full =
  'pods "build-1" is forbidden: exceeded quota: builds, requested: pods=1, used: pods=2, limited: pods=2';

interface Started {
  readonly server: FakeApiServer;
  readonly cluster: Cluster;
  /** The refusal of a launch by these words. */
  readonly refused: (words: string) => Promise<KanikitError>;
  readonly setUsed: (name: string, used: number) => void;
  readonly watches: () => readonly SeenRequest[];
}

async function start(): Promise<Started> {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection);
  onTestFinished(async () => {
    await cluster.close();
    await server[Symbol.asyncDispose]();
  });
  const request = (method: string, on: string, body: object): SeenRequest => ({
    method,
    path: on,
    query: new URLSearchParams(),
    body: JSON.stringify(body),
    headers: {},
  });
  const setUsed = (name: string, used: number): void => {
    const body = { status: { hard: { pods: '2' }, used: { pods: String(used) } } };
    const { code } = server.store.serve(request('PATCH', `${path}/${name}`, body));
    if (code === 200) return;
    server.store.serve(
      request('POST', path, { kind: 'ResourceQuota', metadata: { name, namespace: 'default' } }),
    );
    server.store.serve(request('PATCH', `${path}/${name}`, body));
  };
  const refused = async (words: string): Promise<KanikitError> => {
    server.onRequest = ({ method }) =>
      method === 'POST'
        ? { kind: 'answer', code: 403, body: status(403, 'Forbidden', words).body }
        : undefined;
    try {
      await cluster.launch(sampleLaunch(), sampleRun());
    } catch (error) {
      if (isKanikitError(error)) return error;
      throw error;
    }
    throw new Error('it was not refused');
  };
  const watches = (): readonly SeenRequest[] =>
    server.requests.filter((seen) => seen.path === path && seen.query.has('watch'));
  return { server, cluster, refused, setUsed, watches };
}

describe('room in a quota', () => {
  test('is told to all that wait by one watch, as soon as the status shows it', async () => {
    const { cluster, refused, setUsed, watches } = await start();
    setUsed('builds', 2);
    setUsed('another', 0);
    const refusal = await refused(full);
    expect(refusal).toMatchObject({ code: 'quota-exceeded', retryable: true });
    const seen: boolean[] = [];
    const waits = [1, 2, 3].map(async () =>
      seen.push((await cluster.whenRoom?.(refusal, sampleRun())) ?? false),
    );
    await expect.poll(() => watches().length).toBe(1);
    setUsed('another', 1);
    expect(seen).toEqual([]);
    setUsed('builds', 1);
    await Promise.all(waits);
    expect(seen).toEqual([true, true, true]);
    expect(await cluster.whenRoom?.(refusal, sampleRun())).toBe(true);
    expect(watches()).toHaveLength(1);
  });

  test('is there when the quota is not', async () => {
    const { cluster, refused } = await start();
    expect(await cluster.whenRoom?.(await refused(full), sampleRun())).toBe(true);
  });

  test('can not be told without the right to watch, which is asked for once', async () => {
    const { cluster, server, refused, watches } = await start();
    const refusal = await refused(full);
    server.onRequest = ({ path: on }) =>
      on === path ? { kind: 'answer', code: 403, body: status(403, 'Forbidden', 'no').body } : undefined;
    expect(await cluster.whenRoom?.(refusal, sampleRun())).toBe(false);
    expect(await cluster.whenRoom?.(refusal, sampleRun())).toBe(false);
    expect(watches()).toHaveLength(1);
  });

  test('can not be told while the watch breaks, and the next one is opened anew', async () => {
    const { cluster, server, refused, setUsed, watches } = await start();
    setUsed('builds', 2);
    const refusal = await refused(full);
    const first = cluster.whenRoom?.(refusal, sampleRun());
    await expect.poll(() => watches().length).toBe(1);
    server.cutWatches();
    expect(await first).toBe(false);
    const second = cluster.whenRoom?.(refusal, sampleRun());
    setUsed('builds', 1);
    expect(await second).toBe(true);
    expect(watches()).toHaveLength(2);
  });

  test('is not waited for by who stops waiting, nor after the end', async () => {
    const { cluster, refused, setUsed } = await start();
    setUsed('builds', 2);
    const refusal = await refused(full);
    const stop = new AbortController();
    const wait = cluster.whenRoom?.(refusal, sampleRun(stop.signal));
    stop.abort(new Error('no patience'));
    await expect(wait).rejects.toThrow('no patience');
    const last = cluster.whenRoom?.(refusal, sampleRun());
    await cluster.close();
    expect(await last).toBe(false);
  });
});

test.each([
  [
    'requested: limits.memory=9Gi,pods=1, used: limits.memory=0,pods=2, limited: limits.memory=8Gi,pods=2',
    false,
    /never fit .*: it asks for 9Gi limits.memory, and the quota ends at 8Gi/,
  ],
  ['requested: pods=1, used: pods=0, limited: pods=0', false, /1 pods, and the quota ends at 0/],
  [
    'requested: requests.cpu=500m, used: requests.cpu=800m, limited: requests.cpu=1',
    true,
    /^The quota builds of namespace default has no room: requests.cpu 800m of 1 used, 500m more is asked for\.$/,
  ],
])('a refusal with %s may pass: %s', async (amounts, isRetryable, words) => {
  const { refused } = await start();
  const error = await refused(`pods "x" is forbidden: exceeded quota: builds, ${amounts}`);
  expect(error).toMatchObject({ code: 'quota-exceeded', retryable: isRetryable });
  expect(error.message).toMatch(words);
});

test('a race for the last of a quota is run again', async () => {
  const { cluster, server } = await start();
  let count = 0;
  const words =
    'Operation cannot be fulfilled on resourcequotas "builds": the object has been modified; please apply your changes to the latest version and try again';
  server.onRequest = ({ method, path: on }) =>
    method === 'POST' && on.endsWith('/pods') && (count += 1) === 1
      ? { kind: 'answer', code: 409, body: status(409, 'Conflict', words).body }
      : undefined;
  const pod = await cluster.launch(sampleLaunch(), sampleRun());
  await pod.remove();
  expect(count).toBe(2);
});
