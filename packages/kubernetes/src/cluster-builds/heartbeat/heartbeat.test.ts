import { afterEach, expect, test, vi } from 'vitest';
import { createApiClient } from '../../api/client/api-client.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const intervalMs = 40;
const lease = 'kanikit-c1';

async function start(onDenied = vi.fn()): Promise<{ server: FakeApiServer; heartbeat: Heartbeat }> {
  const server = await startFakeApiServer();
  const client = createApiClient(server.connection);
  const heartbeat = createHeartbeat(client, { clientId: 'c1', owner: 'me@here', intervalMs, onDenied });
  cleanups.push(
    async () => await server[Symbol.asyncDispose](),
    () => client.close(),
  );
  return { server, heartbeat };
}

/** Resolves when the server has seen so many requests of this method. */
async function seen(server: FakeApiServer, method: string, count: number): Promise<void> {
  await vi.waitFor(() => {
    expect(server.requests.filter((request) => request.method === method).length).toBeGreaterThanOrEqual(
      count,
    );
  });
}

const timeOf = (server: FakeApiServer): string =>
  (server.store.object('leases', lease)!['spec'] as { readonly renewTime: string }).renewTime;

test('a build that is shorter than an interval costs nothing', async () => {
  const { server, heartbeat } = await start();
  heartbeat.join('default', { name: 'a', uid: 'u1' })();
  await heartbeat.close();
  expect(server.requests).toEqual([]);
});

test('a longer one has a lease, which is renewed and goes with the last build', async () => {
  const { server, heartbeat } = await start();
  const leaveFirst = heartbeat.join('default', { name: 'a', uid: 'u1' });
  const leaveSecond = heartbeat.join('default', { name: 'b', uid: 'u2' });
  await seen(server, 'POST', 1);
  expect(server.store.object('leases', lease)).toMatchObject({
    metadata: { ownerReferences: [{ kind: 'Pod', name: 'a', uid: 'u1' }, { uid: 'u2' }] },
    spec: { holderIdentity: 'me@here', leaseDurationSeconds: 1 },
  });
  const before = timeOf(server);
  leaveFirst();
  await seen(server, 'PATCH', 2);
  expect(timeOf(server) > before).toBe(true);
  expect(server.store.object('leases', lease)).toMatchObject({
    metadata: { ownerReferences: [{ uid: 'u2' }] },
  });
  leaveSecond();
  await heartbeat.close();
  expect(server.store.names('leases')).toEqual([]);
});

test('a lease that was collected with its pods is written anew', async () => {
  const { server, heartbeat } = await start();
  heartbeat.join('default', { name: 'a', uid: 'u1' });
  await seen(server, 'POST', 1);
  let isGone = true;
  server.onRequest = ({ method }) => {
    if (method !== 'PATCH' || !isGone) return undefined;
    isGone = false;
    return { kind: 'answer', ...status(404, 'NotFound', 'not found') };
  };
  await seen(server, 'PATCH', 2);
  await seen(server, 'POST', 2);
  await heartbeat.close();
});

test('an answer that is lost is no second lease', async () => {
  const { server, heartbeat } = await start();
  let isLost = true;
  server.onRequest = ({ method }) => {
    if (method !== 'POST' || !isLost) return undefined;
    isLost = false;
    return { kind: 'lose-answer' };
  };
  heartbeat.join('default', { name: 'a', uid: 'u1' });
  await seen(server, 'PATCH', 1);
  expect(server.store.names('leases')).toEqual([lease]);
  await heartbeat.close();
});

test('a server that is away is tried again; a refusal ends it, and is told', async () => {
  const onDenied = vi.fn();
  const { server, heartbeat } = await start(onDenied);
  let answers = 0;
  server.onRequest = () => {
    answers += 1;
    return answers < 3
      ? { kind: 'answer', ...status(500, 'InternalError', 'away') }
      : { kind: 'answer', ...status(403, 'Forbidden', 'User "x" cannot create resource "leases"') };
  };
  heartbeat.join('default', { name: 'a', uid: 'u1' });
  await vi.waitFor(() => expect(onDenied).toHaveBeenCalledWith('default', [{ name: 'a', uid: 'u1' }]));
  const count = server.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 3 * intervalMs));
  expect(server.requests.length).toBe(count);
  await heartbeat.close();
});
