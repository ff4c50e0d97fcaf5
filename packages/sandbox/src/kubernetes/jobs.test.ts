import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import {
  type Json,
  runForever,
  startTestApi,
  type TestApi,
  type TestApiOptions,
} from './testing/test-api.ts';

async function start(options: TestApiOptions = {}): Promise<TestApi> {
  const api = await startTestApi(options);
  onTestFinished(async () => await api[Symbol.asyncDispose]());
  return api;
}

const jobs = '/apis/batch/v1/namespaces/default/jobs';
const pods = '/api/v1/namespaces/default/pods';

const job = (spec: object = {}, podSpec: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'build' },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { labels: { of: 'build' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }], ...podSpec },
    },
    ...spec,
  },
});

async function jobUntil(api: TestApi, isWanted: (job: Json) => boolean): Promise<Json> {
  const events = await api.watchUntil(`${jobs}?watch=true`, ({ object }) => isWanted(object));
  return events.at(-1).object;
}

const isFinished = ({ status }: Json): boolean => (status.conditions ?? []).length > 0;

test('a Job makes a pod, and tells how it went', async () => {
  const api = await start();
  expect((await api.call('POST', jobs, job())).status).toBe(201);
  const ended = await jobUntil(api, isFinished);
  expect(ended.status).toMatchObject({ succeeded: 1 });
  expect(ended.status.conditions.map(({ type }: Json) => type)).toEqual(['SuccessCriteriaMet', 'Complete']);
  const { items } = (
    await api.call('GET', `${pods}?labelSelector=batch.kubernetes.io/job-name=build,of=build`)
  ).body;
  expect(items).toHaveLength(1);
  expect(items[0].metadata.name).toMatch(/^build-[a-z0-9]{5}$/);
  expect(items[0].metadata.ownerReferences[0]).toMatchObject({
    kind: 'Job',
    name: 'build',
    controller: true,
  });
});

test('a pod that fails fails the Job, and none replaces it', async () => {
  const api = await start({
    script: async ({ run }) => {
      run();
      return { exitCode: 1 };
    },
  });
  await api.call('POST', jobs, job());
  const ended = await jobUntil(api, isFinished);
  expect(ended.status).toMatchObject({ failed: 1 });
  expect(ended.status.conditions.at(-1)).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
  expect((await api.call('GET', pods)).body.items).toHaveLength(1);
});

test('a pod that is deleted counts as failed', async () => {
  const api = await start({ script: runForever });
  await api.call('POST', jobs, job());
  await jobUntil(api, ({ status }) => status.active === 1);
  const [pod] = (await api.call('GET', pods)).body.items;
  await api.podUntil(pod.metadata.name, ({ status }) => status.phase === 'Running');
  await api.call('DELETE', `${pods}/${pod.metadata.name}`, { gracePeriodSeconds: 0 });
  const ended = await jobUntil(api, isFinished);
  expect(ended.status.conditions.at(-1)).toMatchObject({ type: 'Failed' });
});

test('the deadline of the Job ends its pod', async () => {
  const api = await start({ script: runForever });
  await api.call('POST', jobs, job({ activeDeadlineSeconds: 1 }));
  const ended = await jobUntil(api, isFinished);
  expect(ended.status.conditions.at(-1)).toMatchObject({ type: 'Failed', reason: 'DeadlineExceeded' });
});

test('a Job that ended is removed when its time is over, and its pod with it', async () => {
  const api = await start();
  await api.call('POST', jobs, job({ ttlSecondsAfterFinished: 1 }));
  await api.watchUntil(`${jobs}?watch=true`, ({ type }) => type === 'DELETED');
  for (let left = 50; left > 0; left -= 1) {
    if ((await api.call('GET', pods)).body.items.length === 0) return;
    await delay(20);
  }
  throw new Error('the pod stayed');
});

test.each([
  ['Background', 0],
  [undefined, 1],
])('deleting it with the policy %s leaves %i pods', async (propagationPolicy, left) => {
  const api = await start();
  await api.call('POST', jobs, job());
  await jobUntil(api, isFinished);
  await api.call('DELETE', `${jobs}/build`, propagationPolicy === undefined ? {} : { propagationPolicy });
  let count = -1;
  for (let tries = 50; tries > 0 && count !== left; tries -= 1) {
    await delay(20);
    count = (await api.call('GET', pods)).body.items.length;
  }
  expect(count).toBe(left);
});

test('what admission refuses is told by an event, and tried again', async () => {
  const api = await start();
  await api.call('POST', jobs, job({}, { serviceAccountName: 'nobody' }));
  const events = await api.watchUntil('/api/v1/namespaces/default/events?watch=true', ({ object }) =>
    object.message.includes('serviceaccount "nobody" not found'),
  );
  expect(events.at(-1).object).toMatchObject({ reason: 'FailedCreate', type: 'Warning' });
});

test.each([
  [job({}, { restartPolicy: 'Always' }), 'supported values: \\"OnFailure\\", \\"Never\\"'],
  [job({ parallelism: 3 }), 'the sandbox runs Jobs of one pod'],
  [job({ backoffLimit: -1 }), 'must be greater than or equal to 0'],
  [job({}, { containers: [] }), 'spec.template.spec.containers: Required value'],
])('a Job that can not be right is refused', async (body, words) => {
  const api = await start();
  const { status, text } = await api.call('POST', jobs, body);
  expect(status).toBe(422);
  expect(text).toContain(words);
});

test('leases are written, renewed, listed and watched, and go with their owners', async () => {
  const api = await start({ script: runForever });
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  const pod = await api.call('POST', pods, {
    metadata: { name: 'owner' },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] },
  });
  const { uid } = pod.body.metadata;
  const lease = {
    metadata: { name: 'mine', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'owner', uid }] },
    spec: { holderIdentity: 'me@here', leaseDurationSeconds: 900, renewTime: '2026-11-25T00:00:00.000000Z' },
  };
  expect((await api.call('POST', leases, lease)).status).toBe(201);
  const patched = await api.call(
    'PATCH',
    `${leases}/mine`,
    { spec: { renewTime: '2026-11-25T00:05:00.000000Z' } },
    { 'content-type': 'application/merge-patch+json' },
  );
  expect(patched.body.spec).toMatchObject({
    holderIdentity: 'me@here',
    renewTime: '2026-11-25T00:05:00.000000Z',
  });
  const gone = api.watchUntil(`${leases}?watch=true`, ({ type }) => type === 'DELETED');
  await api.call('DELETE', `${pods}/owner`, { gracePeriodSeconds: 0 });
  await gone;
  expect((await api.call('GET', leases)).body.items).toEqual([]);
});

test('the groups are discovered', async () => {
  const api = await start();
  for (const [group, name] of [
    ['batch', 'jobs'],
    ['coordination.k8s.io', 'leases'],
  ]) {
    const { resources } = (await api.call('GET', `/apis/${group}/v1`)).body;
    expect(resources.map((resource: Json) => resource.name)).toContain(name);
  }
});
