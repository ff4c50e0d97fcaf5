import type { CallWait, PodObservation } from '@kanikit/spec';
import { expect, onTestFinished, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

const { body: refusal } = status(
  500,
  'InternalError',
  'Internal error occurred: failed calling webhook "pods.mesh.example": connection refused',
);

async function start() {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection, { tellAfterMs: 300 });
  onTestFinished(async () => {
    await cluster.close();
    await server[Symbol.asyncDispose]();
  });
  const waits: (CallWait | undefined)[] = [];
  const run = { ...sampleRun(), onWait: (wait: CallWait | undefined) => void waits.push(wait) };
  return { server, cluster, waits, run };
}

function refuseCreates(server: FakeApiServer): void {
  server.onRequest = ({ method }) =>
    method === 'POST' ? { kind: 'answer', code: 500, body: refusal } : undefined;
}

test('what a launch waits for is told while it waits, and that it is over', async () => {
  const { server, cluster, waits, run } = await start();
  refuseCreates(server);
  const launching = cluster.launch(sampleLaunch(), run);
  await expect.poll(() => waits.length).toBe(1);
  expect(waits[0]).toMatchObject({
    reason: 'policy-unavailable',
    message: expect.stringContaining('pods.mesh.example') as string,
    hint: expect.stringContaining('owner') as string,
  });
  server.onRequest = () => undefined;
  const pod = await launching;
  expect(waits.at(-1)).toBeUndefined();
  expect(waits).toHaveLength(2);
  await pod.remove();
});

test('a launch that succeeds soon says nothing of what it was tried again for', async () => {
  const { server, cluster, waits, run } = await start();
  let left = 1;
  server.onRequest = ({ method }) =>
    method === 'POST' && (left -= 1) >= 0 ? { kind: 'answer', code: 500, body: refusal } : undefined;
  const pod = await cluster.launch(sampleLaunch(), run);
  expect(waits).toEqual([]);
  await pod.remove();
});

test('a cluster that is away while the build runs is told, and that it is back', async () => {
  const { server, cluster, run } = await start();
  const pod = await cluster.launch(sampleLaunch(), run);
  const seen: PodObservation[] = [];
  const ended = (async (): Promise<void> => {
    for await (const observation of pod.observations) seen.push(observation);
  })();
  ended.catch(() => undefined);
  server.setStatus(pod.name, runningStatus);
  await expect.poll(() => seen.at(-1)?.type).toBe('running');
  server.onRequest = ({ query }) =>
    query.has('labelSelector')
      ? {
          kind: 'answer',
          code: 503,
          body: status(503, 'ServiceUnavailable', 'apiserver is shutting down').body,
        }
      : undefined;
  server.cutWatches();
  await expect
    .poll(() => seen.at(-1), { timeout: 10_000 })
    .toMatchObject({
      type: 'notice',
      isWarning: true,
      reason: 'ClusterAway',
      message: expect.stringContaining('Watching pods') as string,
      hint: expect.stringContaining('goes on') as string,
    });
  server.onRequest = () => undefined;
  await expect
    .poll(() => seen.at(-1), { timeout: 10_000 })
    .toMatchObject({ type: 'notice', isWarning: false, reason: 'ClusterBack' });
  server.setStatus(pod.name, endedStatus(0));
  await ended;
  expect(seen.map(({ type }) => type)).toEqual(['running', 'notice', 'notice', 'ended']);
  await pod.remove();
});
