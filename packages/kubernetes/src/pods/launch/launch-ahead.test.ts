import type { Cluster, PodObservation } from '@kanikit/spec';
import { onTestFinished, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import {
  endedStatus,
  runningStatus,
  sampleLaunch,
  sampleRun,
  waitingStatus,
} from '../../testing/launches.ts';

const late = sampleLaunch({ secretEnv: {}, lateSecretEnv: ['KANIKIT_CONTEXT'] });
const values = { KANIKIT_CONTEXT: 'https://bucket.example.com/?signature=s3cr3t' };
const missingKey = waitingStatus(
  'CreateContainerConfigError',
  "couldn't find key late.KANIKIT_CONTEXT in Secret default/build-1",
);

async function start(): Promise<{ readonly server: FakeApiServer; readonly cluster: Cluster }> {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection, { waitingLimits: { configurationMs: 30 } });
  onTestFinished(async () => {
    await cluster.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, cluster };
}

function collect(observations: AsyncIterable<PodObservation>): {
  readonly seen: PodObservation[];
  readonly ended: Promise<void>;
} {
  const seen: PodObservation[] = [];
  const read = async (): Promise<void> => {
    for await (const observation of observations) seen.push(observation);
  };
  return { seen, ended: read() };
}

test('a pod waits for its late values as long as it takes, and gets them by its secret', async () => {
  const { server, cluster } = await start();
  const pod = await cluster.launch(late, sampleRun());
  const { seen, ended } = collect(pod.observations);
  server.setStatus(pod.name, missingKey, { spec: { nodeName: 'node-1' } });
  await expect.poll(() => seen.map(({ type }) => type)).toEqual(['scheduled', 'held']);
  // Three times as long as a missing value is borne otherwise.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen.at(-1)).toEqual({ type: 'held' });
  expect(server.store.object('secrets', 'build-1')).toMatchObject({ immutable: false });
  await pod.provide(values, sampleRun());
  const data = { 'late.KANIKIT_CONTEXT': Buffer.from(values.KANIKIT_CONTEXT).toString('base64') };
  expect(server.store.object('secrets', 'build-1')).toMatchObject({ immutable: true, data });
  expect(server.store.object('pods', 'build-1')?.['metadata']).toMatchObject({
    annotations: { 'kanikit.dev/ready': 'true' },
  });
  // The pod's next state comes with what the kubelet said before.
  server.setStatus(pod.name, missingKey);
  server.setStatus(pod.name, runningStatus);
  server.setStatus(pod.name, endedStatus(0));
  await ended;
  expect(seen.slice(1)).toMatchObject([
    { type: 'held' },
    { type: 'running' },
    { type: 'ended', cause: 'completed' },
  ]);
  server.log(pod.name).end();
  await pod.remove();
  expect(server.requests.filter(({ query }) => !query.has('watch')).length).toBeLessThanOrEqual(8);
});

test.each([
  ['what it said before', missingKey],
  ['something else', waitingStatus('CreateContainerConfigError', "couldn't find key other in Secret x/y")],
])('once they are there, a node that goes on to say %s is given up', async (_what, status_) => {
  const { server, cluster } = await start();
  const pod = await cluster.launch(late, sampleRun());
  const { seen, ended } = collect(pod.observations);
  server.setStatus(pod.name, missingKey);
  await expect.poll(() => seen.at(-1)).toEqual({ type: 'held' });
  await pod.provide(values, sampleRun());
  server.setStatus(pod.name, status_);
  await ended;
  expect(seen.at(-1)).toMatchObject({ type: 'ended', cause: 'never-started' });
});

test('an image that can not be pulled is told while the pod waits', async () => {
  const { server, cluster } = await start();
  const pod = await cluster.launch(late, sampleRun());
  const { seen, ended } = collect(pod.observations);
  server.setStatus(pod.name, waitingStatus('ErrImagePull', 'manifest unknown'));
  await expect.poll(() => seen.at(-1)).toMatchObject({ type: 'pending', reason: 'ErrImagePull' });
  await pod.remove();
  await ended;
});

test('patches survive a busy server and a lost answer; a refusal says what is missing', async () => {
  const { server, cluster } = await start();
  const pod = await cluster.launch(late, sampleRun());
  const faults = [
    { kind: 'answer', code: 503, body: status(503, 'ServiceUnavailable', 'busy').body },
    { kind: 'lose-answer' },
  ] as const;
  let count = 0;
  server.onRequest = ({ method }) => (method === 'PATCH' ? faults[count++] : undefined);
  await pod.provide(values, sampleRun());
  expect(server.store.object('secrets', 'build-1')).toMatchObject({ immutable: true });
  server.onRequest = ({ method }) =>
    method === 'PATCH'
      ? {
          kind: 'answer',
          code: 403,
          body: status(
            403,
            'Forbidden',
            'secrets "build-1" is forbidden: User "ci" cannot patch resource "secrets"',
          ).body,
        }
      : undefined;
  await expect(pod.provide(values, sampleRun())).rejects.toMatchObject({ code: 'cluster-denied' });
  await pod.remove();
  expect(server.store.names('secrets')).toEqual([]);
});

test('values that were not announced are refused', async () => {
  const { cluster } = await start();
  const pod = await cluster.launch(late, sampleRun());
  await expect(pod.provide({ OTHER: 'x' }, sampleRun())).rejects.toMatchObject({ code: 'pod-invalid' });
});

test('printed manifests show what comes later, not its value', () => {
  const cluster = createCluster({
    kind: 'kubeconfig',
    name: 'c',
    server: 'https://127.0.0.1:1',
    namespace: 'builds',
  });
  const text = JSON.stringify(cluster.manifests(late, { isRedacted: true }));
  expect(text).toContain('"key":"late.KANIKIT_CONTEXT"');
});

test.each([
  [[{ verbs: ['*'], apiGroups: [''], resources: ['pods', 'secrets'] }], true],
  [
    [
      {
        verbs: ['create', 'get', 'list', 'watch', 'delete'],
        apiGroups: [''],
        resources: ['pods', 'secrets'],
      },
    ],
    false,
  ],
])('rules %j let pods be launched ahead: %s', async (resourceRules, isPossible) => {
  const { server, cluster } = await start();
  expect(cluster.canLaunchAhead(undefined)).toBe(false);
  server.onRequest = ({ path }) => {
    if (path.endsWith('/selfsubjectrulesreviews'))
      return { kind: 'answer', code: 201, body: { status: { resourceRules } } };
    if (path.endsWith('/selfsubjectaccessreviews'))
      return { kind: 'answer', code: 201, body: { status: { allowed: true } } };
    return path.endsWith('/namespaces/default') ? { kind: 'answer', code: 200, body: {} } : undefined;
  };
  expect(await cluster.check({ isAttachNeeded: false }, sampleRun())).toEqual([]);
  expect(cluster.canLaunchAhead(undefined)).toBe(isPossible);
});
