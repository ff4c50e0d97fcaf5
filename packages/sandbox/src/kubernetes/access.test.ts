import { expect, test } from 'vitest';
import type { SandboxUser } from './access.ts';
import { podManifest, startTestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const dev: SandboxUser = {
  name: 'dev',
  token: 'dev-token',
  rules: [
    { verbs: ['get', 'list'], resources: ['pods', 'pods/log'], namespaces: ['default'] },
    { verbs: ['get'], resources: ['secrets'], resourceNames: ['mine'] },
  ],
};
const asDev = { authorization: 'Bearer dev-token' };

const requests: readonly (readonly [
  what: string,
  request: readonly [method: string, path: string, body?: unknown],
  message: string,
])[] = [
  [
    'create',
    ['POST', pods, podManifest('a')],
    'pods is forbidden: User "dev" cannot create resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'delete',
    ['DELETE', `${pods}/a`],
    'pods "a" is forbidden: User "dev" cannot delete resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'list everywhere',
    ['GET', '/api/v1/pods'],
    'pods is forbidden: User "dev" cannot list resource "pods" in API group "" at the cluster scope',
  ],
  ['watch', ['GET', `${pods}?watch=true`], 'cannot watch resource "pods"'],
  [
    'attach',
    ['GET', `${pods}/a/attach`],
    'pods "a" is forbidden: User "dev" cannot get resource "pods/attach"',
  ],
  [
    "read others' secrets",
    ['GET', '/api/v1/namespaces/default/secrets/yours'],
    'secrets "yours" is forbidden',
  ],
];

test.each(requests)('a user without the right can not %s', async (_what, [method, path, body], message) => {
  await using api = await startTestApi({ users: [dev] });
  const reply = await api.call(method, path, body, asDev);
  expect(reply.status).toBe(403);
  expect(reply.body).toMatchObject({ reason: 'Forbidden' });
  expect(reply.body.message).toContain(message);
});

test('a user has the rights of his rules', async () => {
  await using api = await startTestApi({ users: [dev] });
  expect((await api.call('GET', pods, undefined, asDev)).status).toBe(200);
  expect((await api.call('GET', '/api/v1/namespaces/default/secrets/mine', undefined, asDev)).status).toBe(
    404,
  );
});

test.each([{ authorization: '' }, { authorization: 'Bearer other' }, { authorization: 'Basic YTpi' }])(
  'knows nobody by %o',
  async (headers) => {
    await using api = await startTestApi();
    const { status, body } = await api.call('GET', pods, undefined, headers);
    expect({ status, reason: body.reason }).toEqual({ status: 401, reason: 'Unauthorized' });
    expect((await api.call('GET', '/version', undefined, headers)).status).toBe(200);
    expect((await api.call('GET', '/readyz', undefined, headers)).text).toBe('ok');
  },
);

test('answers access reviews as it decides', async () => {
  await using api = await startTestApi({ users: [dev] });
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const ask = async (resourceAttributes: object) =>
    (await api.call('POST', path, { spec: { resourceAttributes } }, asDev)).body.status.allowed;
  expect(await ask({ verb: 'list', resource: 'pods', namespace: 'default' })).toBe(true);
  expect(await ask({ verb: 'get', resource: 'pods', subresource: 'log', namespace: 'default' })).toBe(true);
  expect(await ask({ verb: 'create', resource: 'pods', namespace: 'default' })).toBe(false);
  expect(await ask({ verb: 'list', resource: 'pods', namespace: 'other' })).toBe(false);
});
