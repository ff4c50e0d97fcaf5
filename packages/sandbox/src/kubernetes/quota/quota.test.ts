import { expect, test } from 'vitest';
import { podManifest, runForever, startTestApi, type TestApi } from '../testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const quotas = '/api/v1/namespaces/default/resourcequotas';

async function withQuota(
  api: TestApi,
  hard: Readonly<Record<string, string>>,
  name = 'builds',
): Promise<void> {
  const { status, text } = await api.call('POST', quotas, { metadata: { name }, spec: { hard } });
  if (status !== 201) throw new Error(text);
}

function sized(name: string, requests: object, limits: object = {}): object {
  return podManifest(name, { containers: [{ name: 'kaniko', image: 'x', resources: { requests, limits } }] });
}

test('a full namespace refuses a pod in the words of Kubernetes, and takes it when another has ended', async () => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  await using api = await startTestApi({
    script: async ({ run }) => {
      run();
      await ended;
      return { exitCode: 0 };
    },
  });
  await withQuota(api, { pods: '2', 'requests.cpu': '10' });
  for (const name of ['a', 'b'])
    expect((await api.call('POST', pods, sized(name, { cpu: '1' }))).status).toBe(201);
  const refused = await api.call('POST', pods, sized('x', { cpu: '1' }));
  expect(refused).toMatchObject({
    status: 403,
    body: {
      reason: 'Forbidden',
      message:
        'pods "x" is forbidden: exceeded quota: builds, requested: pods=1, used: pods=2, limited: pods=2',
    },
  });
  const { body } = await api.call('GET', `${quotas}/builds`);
  expect(body.status).toEqual({
    hard: { pods: '2', 'requests.cpu': '10' },
    used: { pods: '2', 'requests.cpu': '2' },
  });
  const seen = api.watchUntil(
    `${quotas}?watch=true&resourceVersion=${body.metadata.resourceVersion}`,
    ({ object }) => object.status.used.pods === '0',
  );
  end();
  expect((await seen).length).toBeGreaterThan(0);
  expect((await api.call('POST', pods, sized('x', { cpu: '1' }))).status).toBe(201);
});

test.each([
  [
    { 'requests.cpu': '1' },
    { cpu: '1500m' },
    'exceeded quota: builds, requested: requests.cpu=1500m, used: requests.cpu=0, limited: requests.cpu=1',
  ],
  [
    { cpu: '1' },
    { cpu: '1500m' },
    'exceeded quota: builds, requested: cpu=1500m, used: cpu=0, limited: cpu=1',
  ],
  [
    { 'requests.memory': '1Gi', pods: '0' },
    { memory: '2Gi' },
    'exceeded quota: builds, requested: pods=1,requests.memory=2Gi, used: pods=0,requests.memory=0, limited: pods=0,requests.memory=1Gi',
  ],
  [
    { 'limits.cpu': '1', memory: '1Gi' },
    {},
    'failed quota: builds: must specify limits.cpu for: kaniko; memory for: kaniko',
  ],
  [{ 'requests.ephemeral-storage': '1Gi' }, {}, undefined],
  [
    { 'count/pods': '0' },
    {},
    'exceeded quota: builds, requested: count/pods=1, used: count/pods=0, limited: count/pods=0',
  ],
])('quota %j, pod %j', async (hard, requests, words) => {
  await using api = await startTestApi();
  await withQuota(api, hard as Readonly<Record<string, string>>);
  const { status, body } = await api.call('POST', pods, sized('x', requests));
  expect(status).toBe(words === undefined ? 201 : 403);
  if (words !== undefined) expect(body.message).toBe(`pods "x" is forbidden: ${words}`);
});

test('counts what was there before it, per namespace, and secrets, too', async () => {
  await using api = await startTestApi({ script: runForever });
  await api.call('POST', pods, podManifest('a'));
  await withQuota(api, { pods: '1', secrets: '1' });
  expect((await api.call('GET', `${quotas}/builds`)).body.status.used).toEqual({ pods: '1', secrets: '0' });
  await api.call('POST', '/api/v1/namespaces', { metadata: { name: 'team' } });
  expect((await api.call('POST', '/api/v1/namespaces/team/pods', podManifest('a'))).status).toBe(201);
  const secrets = '/api/v1/namespaces/default/secrets';
  expect((await api.call('POST', secrets, { metadata: { name: 's' } })).status).toBe(201);
  expect((await api.call('POST', secrets, { metadata: { name: 't' } })).body.message).toContain(
    'secrets "t" is forbidden: exceeded quota: builds, requested: secrets=1, used: secrets=1, limited: secrets=1',
  );
  await api.call(
    'PATCH',
    `${quotas}/builds`,
    { spec: { hard: { pods: '2', secrets: null } } },
    { 'content-type': 'application/merge-patch+json' },
  );
  expect((await api.call('POST', pods, podManifest('b'))).status).toBe(201);
  await api.call('DELETE', `${quotas}/builds`);
  expect((await api.call('POST', pods, podManifest('c'))).status).toBe(201);
});

test.each([
  [{ scopes: ['BestEffort'], hard: { pods: '1' } }, 'spec.scopes'],
  [{ hard: { pods: 'many' } }, 'quantities must match'],
])('refuses a quota it can not play: %j', async (spec, words) => {
  await using api = await startTestApi();
  const { status, text } = await api.call('POST', quotas, { metadata: { name: 'q' }, spec });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(text).toContain(words);
});
