import { createSeededRandom } from '@kanikit/testing';
import { afterEach, expect, test } from 'vitest';
import { type KanikitError } from '@kanikit/spec';
import { type ApiClient, createApiClient } from '../client/api-client.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { runningStatus } from '../../testing/launches.ts';
import { createPodWatch, type PodWatch } from './pod-watch.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Watched {
  readonly server: FakeApiServer;
  readonly client: ApiClient;
  readonly watch: PodWatch;
  /** What the listener of pod `a` was told. */
  readonly told: string[];
  readonly failures: KanikitError[];
  confirm(): void;
}

async function startWatch(
  unreachableMs = 60_000,
  setUp?: (server: FakeApiServer) => void,
  idleMs?: number,
  tellAfterMs = 5_000,
): Promise<Watched> {
  const server = await startFakeApiServer();
  setUp?.(server);
  const client = createApiClient(server.connection);
  const watch = createPodWatch(client, {
    namespace: 'default',
    labelSelector: 'kanikit.dev/client=c1',
    unreachableMs,
    tellAfterMs,
    idleMs,
  });
  cleanups.push(
    async () => server[Symbol.asyncDispose](),
    () => client.close(),
    () => watch.close({ message: 'closed' } as KanikitError),
  );
  const told: string[] = [];
  const failures: KanikitError[] = [];
  let isConfirmed = false;
  watch.follow('a', {
    isConfirmed: () => isConfirmed,
    away: ({ code }) => told.push(`away: ${code}`),
    back: () => told.push('back'),
    changed: (pod) => told.push(pod.status?.message ?? pod.status?.phase ?? ''),
    removed: () => told.push('removed'),
    failed: (error) => failures.push(error),
  });
  return {
    server,
    client,
    watch,
    told,
    failures,
    confirm() {
      isConfirmed = true;
    },
  };
}

async function createPod(client: ApiClient, name: string): Promise<void> {
  await client.send(
    {
      method: 'POST',
      path: '/api/v1/namespaces/default/pods',
      body: { kind: 'Pod', metadata: { name, labels: { 'kanikit.dev/client': 'c1' } } },
      what: 'Creating',
    },
    AbortSignal.timeout(5_000),
  );
}

const watchCount = (server: FakeApiServer): number =>
  server.requests.filter(({ query }) => query.has('watch')).length;

test('pods of other clients are not asked for', async () => {
  const { server } = await startWatch();
  await expect.poll(() => watchCount(server)).toBe(1);
  expect(server.requests[0]?.query.get('labelSelector')).toBe('kanikit.dev/client=c1');
  expect(server.requests[0]?.query.has('resourceVersion')).toBe(false);
});

test('states survive any number of cuts, each told once and in order', async () => {
  const { server, client, told } = await startWatch();
  await createPod(client, 'a');
  const random = createSeededRandom(42).below;
  const expected: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    if (random(3) === 0) server.cutWatches();
    server.setStatus('a', { ...runningStatus, message: `state ${index}` });
    expected.push(`state ${index}`);
    if (random(4) === 0) await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe(`state ${index}`);
  }
  await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('state 59');
  // States that came and went between two watches of the first list may be missing, none may be out of order or told twice.
  const order = told.filter((text) => text.startsWith('state')).map((text) => expected.indexOf(text));
  expect(order).toEqual([...new Set(order)].toSorted((first, second) => first - second));
});

test('an API server that stays away is told once, and once that it is back', async () => {
  const { server, client, told } = await startWatch(60_000, undefined, undefined, 300);
  await createPod(client, 'a');
  await expect.poll(() => told.length).toBe(1);
  // Short enough for nobody to mind.
  server.cutWatches();
  server.setStatus('a', { ...runningStatus, message: 'one' });
  await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('one');
  server.onRequest = () => ({
    kind: 'answer',
    code: 503,
    body: status(503, 'ServiceUnavailable', 'no').body,
  });
  server.cutWatches();
  await expect.poll(() => told.at(-1), { timeout: 10_000 }).toMatch(/^away: /);
  server.setStatus('a', { ...runningStatus, message: 'two' });
  server.onRequest = () => undefined;
  await expect.poll(() => told.at(-1), { timeout: 10_000 }).toBe('two');
  expect(told.slice(1)).toEqual(['one', expect.stringMatching(/^away: /), 'back', 'two']);
});

test('410 Gone is answered with a list, and what has gone meanwhile is told', async () => {
  const { server, client, told, confirm } = await startWatch();
  await createPod(client, 'a');
  await expect.poll(() => told.length).toBe(1);
  confirm();
  let isOpen = false;
  server.onRequest = ({ query }) => (query.has('watch') && !isOpen ? { kind: 'cut' } : undefined);
  server.cutWatches();
  server.store.removePod('a');
  server.store.compact();
  isOpen = true;
  await expect.poll(() => told, { timeout: 5_000 }).toContain('removed');
});

test('a version that is too old in the middle of a run leads to a new list and goes on', async () => {
  const { server, client, told } = await startWatch();
  await createPod(client, 'a');
  server.cutWatches();
  await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBe(2);
  server.cutWatches();
  server.setStatus('a', { ...runningStatus, message: 'unseen' });
  server.store.compact();
  server.setStatus('a', { ...runningStatus, message: 'latest' });
  await expect.poll(() => told.at(-1), { timeout: 5_000 }).toBe('latest');
});

test('an unconfirmed pod that is not in the list is not gone', async () => {
  const { server, told } = await startWatch();
  await expect.poll(() => watchCount(server)).toBe(1);
  server.cutWatches();
  await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBe(2);
  expect(told).toEqual([]);
});

test.each([429, 500, 503])('a server that answers %i is asked again, without haste', async (code) => {
  let left = 3;
  const { server, client, told } = await startWatch(60_000, (fake) => {
    fake.onRequest = ({ query }) => {
      if (!query.has('watch') || left === 0) return undefined;
      left -= 1;
      return {
        kind: 'answer',
        code,
        body: status(code, 'Busy', 'busy').body,
        headers: { 'retry-after': '0' },
      };
    };
  });
  await createPod(client, 'a');
  await expect.poll(() => told, { timeout: 8_000 }).toEqual(['Pending']);
  expect(server.requests.length).toBeLessThan(10);
});

test('a server that ends each watch at once is not asked in a busy loop', async () => {
  const startedAt = Date.now();
  const { server } = await startWatch(60_000, (fake) => {
    fake.onRequest = ({ query }) =>
      query.has('watch') ? { kind: 'cut-after', bytes: 0, isCleanEnd: true } : undefined;
  });
  await expect.poll(() => watchCount(server), { timeout: 10_000 }).toBe(4);
  // Three pauses of 0.2, 0.4 and 0.8 seconds, of which jitter may take half.
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(650);
});

test('access that is refused, or a server that stays away, ends the watch with an error', async () => {
  const refused = await startWatch(60_000, (fake) => {
    fake.onRequest = () => ({
      kind: 'answer',
      code: 403,
      body: status(403, 'Forbidden', 'pods is forbidden').body,
    });
  });
  await expect.poll(() => refused.failures[0]?.code).toBe('cluster-denied');
  const away = await startWatch(300, (fake) => {
    fake.onRequest = () => ({ kind: 'cut' });
  });
  await expect.poll(() => away.failures[0]?.code, { timeout: 8_000 }).toBe('cluster-unreachable');
});

test('a watch that has fallen silent is opened anew, and goes on where it was', async () => {
  const { server, client, told } = await startWatch(60_000, undefined, 100);
  await createPod(client, 'a');
  await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBeGreaterThan(3);
  server.setStatus('a', { ...runningStatus, message: 'latest' });
  await expect.poll(() => told, { timeout: 5_000 }).toEqual(['Pending', 'latest']);
  const lists = server.requests.filter(({ method, query }) => method === 'GET' && !query.has('watch'));
  expect(lists).toHaveLength(1);
});

test('a watch that hangs tells the state of now when it is asked to look again', async () => {
  let watches = 0;
  const { server, client, told, watch } = await startWatch(60_000, (fake) => {
    fake.onRequest = ({ query }) => (query.has('watch') && watches++ === 0 ? { kind: 'hang' } : undefined);
  });
  await createPod(client, 'a');
  await expect.poll(() => watchCount(server)).toBe(1);
  watch.refresh();
  await expect.poll(() => told, { timeout: 5_000 }).toEqual(['Pending']);
});

test('a server that forgets for a moment what is allowed is asked again', async () => {
  let refusals = 2;
  const { server, client, told, failures } = await startWatch();
  await createPod(client, 'a');
  await expect.poll(() => told).toEqual(['Pending']);
  server.onRequest = ({ method }) => {
    if (method !== 'GET' || refusals === 0) return undefined;
    refusals -= 1;
    return { kind: 'answer', code: 403, body: status(403, 'Forbidden', 'not yet').body };
  };
  server.cutWatches();
  server.setStatus('a', { ...runningStatus, message: 'latest' });
  await expect.poll(() => told.at(-1), { timeout: 8_000 }).toBe('latest');
  expect(failures).toEqual([]);
});

test('the list after a 410 comes at once, and is told to nobody', async () => {
  const { server, client, told } = await startWatch(60_000, undefined, undefined, 1);
  await createPod(client, 'a');
  server.cutWatches();
  await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBe(2);
  server.setStatus('a', { ...runningStatus, message: 'unseen' });
  server.store.compact();
  const asked: { readonly isWatch: boolean; readonly at: number }[] = [];
  server.onRequest = ({ query }) => {
    asked.push({ isWatch: query.has('watch'), at: performance.now() });
    return undefined;
  };
  const before = told.length;
  server.cutWatches();
  await expect.poll(() => asked.length, { timeout: 5_000 }).toBeGreaterThan(2);
  const list = asked.findIndex(({ isWatch }) => !isWatch);
  expect(asked.slice(0, list).length).toBeGreaterThan(0);
  expect(asked[list]!.at - asked[list - 1]!.at).toBeLessThan(150);
  expect(told.slice(before).filter((words) => words.startsWith('away: cluster-request-failed'))).toEqual([]);
});

test('a server that answers something else is watched again, whatever the pause was to be', async () => {
  let isAway = true;
  const { server, client } = await startWatch(60_000, (started) => {
    started.onRequest = ({ query }) =>
      isAway && query.has('watch')
        ? {
            kind: 'answer',
            code: 503,
            body: status(503, 'Away', 'later').body,
            headers: { 'retry-after': '25' },
          }
        : undefined;
  });
  await expect.poll(() => server.requests.length).toBe(1);
  isAway = false;
  const request = { method: 'GET', path: '/api/v1/namespaces/default/pods', what: 'Listing' } as const;
  await client.send(request, AbortSignal.timeout(5_000));
  await expect.poll(() => server.requests.filter(({ query }) => query.has('watch')).length).toBe(2);
});
