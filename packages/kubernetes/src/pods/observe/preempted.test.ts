import { afterEach, expect, test } from 'vitest';
import type { PodObservation } from '@kanikit/spec';
import { createCluster } from '../../create-cluster.ts';
import { startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The words and the order of a Kubernetes 1.34. */
const disruption = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'PreemptionByScheduler',
  message: 'default-scheduler: preempting to accommodate a higher priority pod',
};

test('who drives a pod out is told by name, while it happens and at the end, for one request', async () => {
  const server = await startFakeApiServer();
  cleanups.push(() => server[Symbol.asyncDispose]());
  const cluster = createCluster(server.connection);
  cleanups.push(() => cluster.close());
  const pod = await cluster.launch(sampleLaunch(), sampleRun());
  server.setStatus(pod.name, { ...runningStatus, conditions: [disruption] });
  const uid = '13c23e5c-a80d-4cb3-9585-62a9b34f9a6f';
  const related = { kind: 'Pod', namespace: 'prod', name: 'important', uid };
  const message = `Preempted by pod ${uid} on node node-1`;
  server.store.addEvent(pod.name, { type: 'Warning', reason: 'Other', message: 'not asked for' });
  server.store.addEvent(pod.name, { type: 'Normal', reason: 'Preempted', message, related });
  const seen: PodObservation[] = [];
  for await (const observation of pod.observations) {
    seen.push(observation);
    if (observation.type === 'notice') {
      server.setStatus(pod.name, { ...endedStatus(143), conditions: [disruption] });
    }
  }
  expect(seen.filter(({ type }) => type === 'notice')).toEqual([
    expect.objectContaining({
      reason: 'Preempted',
      message: expect.stringContaining('prod/important') as string,
    }),
  ]);
  expect(seen.at(-1)).toMatchObject({
    type: 'ended',
    cause: 'preempted',
    message:
      'a pod of higher priority took its place: prod/important (Preempted by pod prod/important on node node-1)',
    isRetryable: true,
  });
  expect(server.requests.filter(({ path }) => path.endsWith('/events'))).toHaveLength(1);
});
