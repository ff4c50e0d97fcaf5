import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createApiClient } from '../client/api-client.ts';
import { createCluster } from '../../create-cluster.ts';
import { createHeartbeat } from '../../cluster-builds/heartbeat/heartbeat.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

const hourMs = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const watchCount = ({ requests }: FakeApiServer): number =>
  requests.filter(({ query }) => query.has('watch')).length;

async function start(): Promise<FakeApiServer> {
  const server = await startFakeApiServer();
  onTestFinished(async () => await server[Symbol.asyncDispose]());
  return server;
}

/** A pod that runs, and what is told of it. */
async function launch(unreachableMs: number): Promise<{
  readonly server: FakeApiServer;
  readonly pod: string;
  readonly seen: readonly string[];
  readonly over: Promise<unknown>;
}> {
  const server = await start();
  const cluster = createCluster(server.connection, { unreachableMs });
  onTestFinished(async () => await cluster.close());
  const pod = await cluster.launch(sampleLaunch(), sampleRun());
  const seen: string[] = [];
  const over = (async () => {
    for await (const { type } of pod.observations) seen.push(type);
  })().catch((error: unknown) => error);
  server.setStatus(pod.name, runningStatus);
  await expect.poll(() => seen).toContain('running');
  return { server, pod: pod.name, seen, over };
}

describe.each([hourMs, -hourMs])('a machine whose clock is set by %i ms', (jumpMs) => {
  test('gives no build up while the server is away for a moment', async () => {
    const { server, pod, seen } = await launch(60_000);
    let isAway = true;
    server.onRequest = ({ query }) => (query.has('watch') && isAway ? { kind: 'cut' } : undefined);
    server.cutWatches();
    await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBe(2);
    vi.setSystemTime(Date.now() + jumpMs);
    await expect.poll(() => watchCount(server), { timeout: 5_000 }).toBe(4);
    isAway = false;
    server.setStatus(pod, endedStatus(0));
    await expect.poll(() => seen, { timeout: 8_000 }).toContain('ended');
  });

  test('gives it up in time where the server stays away', async () => {
    const { server, over } = await launch(600);
    server.onRequest = () => ({ kind: 'cut' });
    const before = server.requests.length;
    server.cutWatches();
    await expect.poll(() => server.requests.length).toBeGreaterThan(before);
    vi.setSystemTime(Date.now() + jumpMs);
    await expect(over).resolves.toMatchObject({ code: 'cluster-unreachable' });
  });

  test('gives signs of life by the clock of the server', async () => {
    const server = await start();
    const client = createApiClient(server.connection);
    onTestFinished(() => client.close());
    const serverNow = performance.timeOrigin + performance.now();
    const options = { clientId: 'c1', owner: 'me@here', intervalMs: 40, onDenied: vi.fn() };
    createHeartbeat(client, options).join('default', { name: 'a', uid: 'u1' });
    const written = (): number => server.requests.filter(({ method }) => method === 'PATCH').length;
    await expect.poll(written, { timeout: 5_000 }).toBeGreaterThan(1);
    vi.setSystemTime(Date.now() + jumpMs);
    const before = written();
    await expect.poll(written, { timeout: 5_000 }).toBeGreaterThan(before);
    const { renewTime } = server.store.object('leases', 'kanikit-c1')!['spec'] as { renewTime: string };
    expect(Math.abs(Date.parse(renewTime) - serverNow)).toBeLessThan(60_000);
  });
});
