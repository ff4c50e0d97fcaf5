import { expect, test } from 'vitest';
import { podManifest, startTestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const container = { name: 'executor', image: 'x' };

const invalidPods: readonly (readonly [what: string, manifest: object, message: string])[] = [
  [
    'no name',
    podManifest(''),
    'Pod "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'a bad name',
    podManifest('Bad_'),
    'metadata.name: Invalid value: "Bad_": a lowercase RFC 1123 subdomain must',
  ],
  [
    'no containers',
    podManifest('a', { containers: [] }),
    'Pod "a" is invalid: spec.containers: Required value',
  ],
  ['no image', podManifest('a', { containers: [{ name: 'c' }] }), 'spec.containers[0].image: Required value'],
  [
    'two containers of one name',
    podManifest('a', { containers: [container, container] }),
    'spec.containers[1].name: Duplicate value: "executor"',
  ],
  [
    'a mount without its volume',
    podManifest('a', { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ],
  [
    'an unknown restart policy',
    podManifest('a', { restartPolicy: 'Sometimes' }),
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    'a request over its limit',
    podManifest('a', {
      containers: [{ ...container, resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }],
    }),
    'spec.containers[0].resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
  ],
  [
    'no time at all',
    podManifest('a', { activeDeadlineSeconds: 0 }),
    'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
  ],
  [
    'a bad label',
    podManifest('a', {}, { labels: { a: 'b c' } }),
    'metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of',
  ],
];

test.each(invalidPods)('refuses a pod with %s', async (_what, manifest, message) => {
  await using api = await startTestApi();
  const { status, body } = await api.call('POST', pods, manifest);
  expect(status).toBe(422);
  expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid', details: { kind: 'Pod' } });
  expect(body.message).toContain(message);
  expect(body.details.causes.length).toBeGreaterThan(0);
});

const otherRefusals: readonly (readonly [
  what: string,
  request: readonly [method: string, path: string, body?: unknown, headers?: Record<string, string>],
  status: number,
  message: string,
])[] = [
  ['an absent pod', ['GET', `${pods}/a`], 404, 'pods "a" not found'],
  [
    'an absent namespace',
    ['POST', '/api/v1/namespaces/no/pods', podManifest('a')],
    404,
    'namespaces "no" not found',
  ],
  [
    'an unknown resource',
    ['GET', '/api/v1/widgets'],
    404,
    'the server could not find the requested resource',
  ],
  [
    'a method that is not served',
    ['PUT', pods, {}],
    405,
    'the server does not allow this method on the requested resource',
  ],
  [
    'a value of a wrong type',
    ['POST', pods, podManifest('a', { containers: [{ ...container, args: [1] }] })],
    400,
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string',
  ],
  [
    'an unknown field, strictly',
    [
      'POST',
      `${pods}?fieldValidation=Strict`,
      podManifest('a', { containers: [{ ...container, imag: 'x' }] }),
    ],
    400,
    'strict decoding error: unknown field "spec.containers[0].imag"',
  ],
  [
    'another kind',
    ['POST', pods, { kind: 'Secret', metadata: { name: 'a' } }],
    400,
    'Secret in version "v1" cannot be handled as a Pod',
  ],
  ['broken JSON', ['POST', pods, '{'], 400, 'error decoding request body'],
  [
    'YAML',
    ['POST', pods, 'a: b', { 'content-type': 'application/yaml' }],
    415,
    'the body of the request was in an unknown format',
  ],
  [
    'what is no protobuf',
    ['POST', pods, 'k8s', { 'content-type': 'application/vnd.kubernetes.protobuf' }],
    415,
    'unknown format',
  ],
  [
    'a client that takes only YAML',
    ['GET', pods, undefined, { accept: 'application/yaml' }],
    406,
    'only the following media types are accepted',
  ],
  [
    'a body beyond 3 MiB',
    ['POST', pods, 'x'.repeat(3 * 1024 * 1024 + 1)],
    413,
    'Request entity too large: limit is 3145728',
  ],
  [
    'a missing service account',
    ['POST', pods, podManifest('a', { serviceAccountName: 'ci' })],
    403,
    'pods "a" is forbidden: error looking up service account default/ci: serviceaccount "ci" not found',
  ],
  [
    'a missing priority class',
    ['POST', pods, podManifest('a', { priorityClassName: 'p' })],
    403,
    'no PriorityClass with name p was found',
  ],
  [
    'another namespace in the body',
    ['POST', pods, podManifest('a', {}, { namespace: 'other' })],
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  ['a selector it can not read', ['GET', `${pods}?labelSelector=a%20b`], 400, 'unable to parse requirement'],
  [
    'a field it can not select by',
    ['GET', `${pods}?fieldSelector=spec.x%3D1`],
    400,
    'field label not supported: spec.x',
  ],
  [
    'server-side apply',
    ['PATCH', `${pods}/a`, 'a: b', { 'content-type': 'application/apply-patch+yaml' }],
    415,
    'unknown format',
  ],
  [
    'a version of the future',
    ['GET', `${pods}?resourceVersion=99999`],
    504,
    'Too large resource version: 99999',
  ],
  [
    'a registry secret without its key',
    [
      'POST',
      '/api/v1/namespaces/default/secrets',
      { metadata: { name: 's' }, type: 'kubernetes.io/dockerconfigjson' },
    ],
    422,
    'data[.dockerconfigjson]: Required value',
  ],
  [
    'data that is not base64',
    ['POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' }, data: { a: '?' } }],
    400,
    'illegal base64 data at input byte 0',
  ],
];

test.each(otherRefusals)('refuses %s', async (_what, [method, path, body, headers], status, message) => {
  await using api = await startTestApi();
  const reply = await api.call(method, path, body, headers);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status });
  expect(reply.body.message).toContain(message);
});

test('an API group that is not served is unknown to the whole server', async () => {
  await using api = await startTestApi();
  const { status, text } = await api.call('GET', '/apis/apps/v1/deployments');
  expect({ status, text }).toEqual({ status: 404, text: '404 page not found\n' });
});

test('warns of unknown fields and drops them', async () => {
  await using api = await startTestApi();
  const { headers, body } = await api.call('POST', pods, podManifest('a', { frobnicate: true }));
  expect(headers.get('warning')).toBe('299 - "unknown field \\"spec.frobnicate\\""');
  expect(body.spec.frobnicate).toBeUndefined();
});

test('a name is taken only once', async () => {
  await using api = await startTestApi();
  await api.call('POST', pods, podManifest('a'));
  const { status, body } = await api.call('POST', pods, podManifest('a'));
  expect(status).toBe(409);
  expect(body).toMatchObject({
    reason: 'AlreadyExists',
    message: 'pods "a" already exists',
    details: { name: 'a', kind: 'pods' },
  });
});

test('a running pod keeps its spec', async () => {
  await using api = await startTestApi();
  await api.call('POST', pods, podManifest('a'));
  const patch = { spec: { containers: [{ name: 'executor', args: ['x'] }] } };
  const type = { 'content-type': 'application/strategic-merge-patch+json' };
  const { status, body } = await api.call('PATCH', `${pods}/a`, patch, type);
  expect(status).toBe(422);
  expect(body.message).toContain(
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
  );
});
