import type { FoundBuild, PodResult } from '@kanikit/spec';
import { afterEach, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { leaseManifest } from '../heartbeat/lease.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';
import { formatAge } from './format-age.ts';
import { whyPodMayGo } from './why-pod-may-go.ts';

const minute = 60_000;
const now = 1_800_000_000_000;
const ended = (exitCode: number): FoundBuild['phase'] => ({
  state: 'ended',
  result: { cause: 'completed', exitCode } as PodResult,
});
const sample: FoundBuild = {
  runId: 'r1',
  buildId: 'b1',
  namespace: 'default',
  pod: 'p',
  podUid: 'u',
  job: undefined,
  about: undefined,
  image: 'x',
  args: [],
  node: 'n',
  phase: { state: 'running' },
  createdAt: now - 20 * minute,
  startedAt: now - 20 * minute,
  endedAt: undefined,
  deadlineAt: now + 40 * minute,
  ownership: 'alive',
  owner: 'me@here',
  heardAt: now - 20 * minute,
  keepUntil: undefined,
  cancelled: undefined,
  secrets: [],
};

test.each<[string, Partial<FoundBuild>, boolean, boolean]>([
  ['runs, its client alive', {}, false, false],
  ['runs, abandoned', { ownership: 'abandoned' }, true, true],
  ['runs, detached', { ownership: 'detached' }, false, false],
  ['runs, of a client that can give no sign of life', { ownership: 'unknown' }, false, false],
  ['never started, past its deadline', { ownership: 'detached', deadlineAt: now - 6 * minute }, true, true],
  ['is being deleted', { ownership: 'abandoned', phase: { state: 'stopping' } }, false, false],
  ['ended, its client alive', { phase: ended(0), endedAt: now - 2 * minute }, false, false],
  ['ended, abandoned', { phase: ended(1), endedAt: now, ownership: 'abandoned' }, true, true],
  [
    'ended just now, client unknown',
    { phase: ended(0), endedAt: now - minute, ownership: 'unknown' },
    false,
    false,
  ],
  [
    'ended long ago, client unknown',
    { phase: ended(0), endedAt: now - 16 * minute, ownership: 'unknown' },
    true,
    true,
  ],
  [
    'detached and kept',
    { phase: ended(0), endedAt: now - 16 * minute, ownership: 'detached', keepUntil: now + 1 },
    false,
    true,
  ],
  [
    'kept long enough',
    { phase: ended(1), endedAt: now - 60 * minute, ownership: 'unknown', keepUntil: now - 1 },
    true,
    true,
  ],
  [
    'kept since it failed, its client alive',
    { phase: ended(1), endedAt: now - 2 * minute, keepUntil: now + 1 },
    false,
    true,
  ],
])('a build that %s', (_name, changes, goes, goesWithAllEnded) => {
  const build = { ...sample, ...changes };
  expect(whyPodMayGo(build, { now, isAllEnded: false }) !== undefined).toBe(goes);
  expect(whyPodMayGo(build, { now, isAllEnded: true }) !== undefined).toBe(goesWithAllEnded);
});

test.each([
  [1_000, '1 second'],
  [119_000, '119 seconds'],
  [20 * minute, '20 minutes'],
  [3 * 60 * minute, '3 hours'],
  [50 * 60 * minute, '2 days'],
])('%i ms is told as %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Lab {
  readonly server: FakeApiServer;
  readonly cluster: ReturnType<typeof createCluster>;
  readonly prune: (afterMs: number) => Promise<readonly string[]>;
}

async function start(): Promise<Lab> {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection, { owner: 'me@here' });
  const pruner = createCluster(server.connection);
  cleanups.push(
    async () => await server[Symbol.asyncDispose](),
    () => cluster.close(),
    () => pruner.close(),
  );
  return {
    server,
    cluster,
    async prune(afterMs) {
      const run = { signal: new AbortController().signal, now: () => Date.now() + afterMs };
      const { remnants } = await pruner.builds!.findRemnants({}, run);
      for (const remnant of remnants) await pruner.builds!.removeRemnant(remnant, run);
      return remnants.map(({ kind, name }) => `${kind} ${name}`);
    },
  };
}

/** The client says in its pods that it gives signs of life, as after a check that allows it. */
function announce(server: FakeApiServer): void {
  server.setStatus('build-1', runningStatus, {
    metadata: {
      name: 'build-1',
      ...(server.store.object('pods', 'build-1')?.['metadata'] as object),
      annotations: { 'kanikit.dev/heartbeat': '300' },
    },
  });
}

test('an abandoned build goes after three intervals, and not before', async () => {
  const { server, cluster, prune } = await start();
  await cluster.launch(sampleLaunch(), sampleRun());
  announce(server);
  expect(await prune(14 * minute)).toEqual([]);
  // The cluster collects its secret with it.
  expect(await prune(16 * minute)).toEqual(['pod build-1']);
  expect(server.store.names('pods')).toEqual([]);
});

test('a lease that was renewed keeps it; one that was not goes with it', async () => {
  const { server, cluster, prune } = await start();
  await cluster.launch(sampleLaunch({ secretEnv: {}, secretFiles: [] }), sampleRun());
  announce(server);
  const labels = (server.store.object('pods', 'build-1')!['metadata'] as { labels: Record<string, string> })
    .labels;
  const clientId = labels['kanikit.dev/client']!;
  const beat = { clientId, namespace: 'default', owner: 'me@here', intervalMs: 5 * minute };
  const body = leaseManifest({ ...beat, timeMs: Date.now() + 20 * minute }, []);
  const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  await fetch(`${server.connection.server}${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(await prune(30 * minute)).toEqual([]);
  expect(await prune(36 * minute)).toEqual(['pod build-1', `lease kanikit-${clientId}`]);
});

test('what kanikit did not label stays, and a running build of a client without a heartbeat as well', async () => {
  const { server, cluster, prune } = await start();
  await cluster.launch(sampleLaunch(), sampleRun());
  server.setStatus('build-1', runningStatus);
  const url = `${server.connection.server}/api/v1/namespaces/default`;
  for (const kind of ['pods', 'secrets']) {
    await fetch(`${url}/${kind}`, { method: 'POST', body: JSON.stringify({ metadata: { name: 'theirs' } }) });
  }
  expect(await prune(59 * minute)).toEqual([]);
  server.setStatus('build-1', endedStatus(0));
  expect(await prune(24 * 60 * minute)).toContain('pod build-1');
  expect(server.store.names('pods')).toEqual(['theirs']);
  expect(server.store.names('secrets')).toContain('theirs');
});

test('a secret whose pod is gone goes, its values unread', async () => {
  const { server, cluster, prune } = await start();
  await cluster.launch(sampleLaunch(), sampleRun());
  server.store.removePod('build-1');
  expect(await prune(10 * minute)).toEqual([]);
  expect(await prune(16 * minute)).toEqual(['secret build-1']);
  const list = server.requests.find(({ path, method }) => method === 'GET' && path.endsWith('/secrets'));
  expect(list?.headers.accept).toContain('PartialObjectMetadataList');
});
