import { expect, test } from 'vitest';
import { type Json, podManifest, startTestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const secrets = '/api/v1/namespaces/default/secrets';

test('creates with the fields a server fills in', async () => {
  await using api = await startTestApi();
  const limits = { memory: '1Gi', cpu: 0.5 };
  const spec = { containers: [{ name: 'executor', image: 'a/b:1', resources: { limits } }] };
  const { status, body } = await api.call('POST', pods, podManifest('a', spec, { uid: 'mine' }));
  expect(status).toBe(201);
  expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
  expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
  expect(body).toMatchObject({
    kind: 'Pod',
    metadata: { namespace: 'default', generation: 1 },
    spec: {
      serviceAccountName: 'default',
      dnsPolicy: 'ClusterFirst',
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          imagePullPolicy: 'IfNotPresent',
          terminationMessagePath: '/dev/termination-log',
          resources: { limits: { memory: '1Gi', cpu: '500m' }, requests: { memory: '1Gi', cpu: '500m' } },
        },
      ],
    },
    status: { phase: 'Pending', qosClass: 'Guaranteed' },
  });
});

test('generates names', async () => {
  await using api = await startTestApi();
  const manifest = { metadata: { generateName: 'build-' }, data: {} };
  const one = await api.call('POST', '/api/v1/namespaces/default/configmaps', manifest);
  expect(one.body.metadata.name).toMatch(/^build-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test('keeps nothing of a dry run', async () => {
  await using api = await startTestApi();
  expect((await api.call('POST', `${pods}?dryRun=All`, podManifest('a'))).status).toBe(201);
  expect((await api.call('GET', `${pods}/a`)).status).toBe(404);
  expect((await api.call('POST', `${pods}?dryRun=Some`, podManifest('a'))).body.message).toContain(
    'dryRun: Unsupported value: "Some": supported values: "All"',
  );
});

test('turns stringData into data', async () => {
  await using api = await startTestApi();
  await api.call('POST', secrets, { metadata: { name: 's' }, stringData: { a: 'b' } });
  const { body } = await api.call('GET', `${secrets}/s`);
  expect(body).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
  expect(body.stringData).toBeUndefined();
});

test('updates only what is up to date', async () => {
  await using api = await startTestApi();
  const { body } = await api.call('POST', secrets, { metadata: { name: 's' }, data: { a: 'YQ==' } });
  const changed = { ...body, data: { a: 'Yg==' } };
  expect((await api.call('PUT', `${secrets}/s`, changed)).status).toBe(200);
  const { status, body: refused } = await api.call('PUT', `${secrets}/s`, changed);
  expect(status).toBe(409);
  expect(refused).toMatchObject({
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on secrets "s": the object has been modified; please apply your changes to the latest version and try again',
  });
});

test('an update that changes nothing makes no new version', async () => {
  await using api = await startTestApi();
  const { body } = await api.call('POST', secrets, { metadata: { name: 's' }, data: { a: 'YQ==' } });
  const same = await api.call('PUT', `${secrets}/s`, body);
  expect(same.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
});

test('deletes with preconditions and collections by selector', async () => {
  await using api = await startTestApi();
  for (const [name, run] of Object.entries({ a: '1', b: '1', c: '2' }))
    await api.call('POST', secrets, { metadata: { name, labels: { run } } });
  const wrong = await api.call('DELETE', `${secrets}/a`, { preconditions: { uid: 'other' } });
  expect(wrong.status).toBe(409);
  expect((await api.call('DELETE', `${secrets}/a`)).body).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'a', kind: 'secrets' },
  });
  const rest = await api.call('DELETE', `${secrets}?labelSelector=run%3D1`);
  expect(rest.body.items).toHaveLength(1);
  const left = await api.call('GET', secrets);
  expect(left.body.items.map((item: Json) => item.metadata.name)).toEqual(['c']);
});

test('a secret goes with the pod that owns it', async () => {
  await using api = await startTestApi();
  const { body: pod } = await api.call('POST', pods, podManifest('a'));
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: pod.metadata.uid };
  await api.call('POST', secrets, { metadata: { name: 's', ownerReferences: [owner] } });
  await api.podUntil('a', ({ status }) => status.phase === 'Succeeded');
  const version = (await api.call('GET', secrets)).body.metadata.resourceVersion;
  await api.call('DELETE', `${pods}/a`);
  const events = await api.watchUntil(`${secrets}?watch=1&resourceVersion=${version}`, () => true);
  expect(events[0]).toMatchObject({ type: 'DELETED', object: { metadata: { name: 's' } } });
});

test('an object whose owner never was is collected', async () => {
  await using api = await startTestApi();
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'gone', uid: 'gone' };
  const { body } = await api.call('POST', secrets, { metadata: { name: 's', ownerReferences: [owner] } });
  const path = `${secrets}?watch=1&resourceVersion=${body.metadata.resourceVersion}`;
  expect((await api.watchUntil(path, () => true))[0]?.type).toBe('DELETED');
});

test('a namespace takes its contents with it', async () => {
  await using api = await startTestApi();
  await api.call('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  expect((await api.call('GET', '/api/v1/namespaces/team/serviceaccounts/default')).status).toBe(200);
  await api.call('POST', '/api/v1/namespaces/team/secrets', { metadata: { name: 's' } });
  await api.call('DELETE', '/api/v1/namespaces/team');
  expect((await api.call('GET', '/api/v1/namespaces/team')).status).toBe(404);
  expect((await api.call('GET', '/api/v1/secrets')).body.items).toEqual([]);
});

test('lists in pages', async () => {
  await using api = await startTestApi();
  for (const name of ['a', 'b', 'c']) await api.call('POST', secrets, { metadata: { name } });
  const first = await api.call('GET', `${secrets}?limit=2`);
  expect(first.body.metadata).toMatchObject({ remainingItemCount: 1 });
  const token = encodeURIComponent(first.body.metadata.continue);
  const second = await api.call('GET', `${secrets}?limit=2&continue=${token}`);
  expect([...first.body.items, ...second.body.items].map((item: Json) => item.metadata.name)).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  expect((await api.call('GET', `${secrets}?continue=xyz`)).status).toBe(400);
});
