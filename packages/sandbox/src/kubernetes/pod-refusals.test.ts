import { expect, test } from 'vitest';
import { podManifest, startTestApi, type TestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const container = { name: 'executor', image: 'x' };

function withMount(mount: object): object {
  const volumeMounts = [{ name: 'v', mountPath: '/v', ...mount }];
  return podManifest('a', {
    containers: [{ ...container, volumeMounts }],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
}

const withVolume = (source: object): object => podManifest('a', { volumes: [{ name: 'v', ...source }] });
const withItem = (item: object): object =>
  withVolume({ secret: { secretName: 's', items: [{ key: 'k', path: 'p', ...item }] } });
const withContainer = (fields: object): object =>
  podManifest('a', { containers: [{ ...container, ...fields }] });

const mode = 'must be a number between 0 and 0777 (octal), both inclusive';
const id = 'must be between 0 and 2147483647, inclusive';
const port = 'must be between 1 and 65535, inclusive';
const backstep = "must not contain '..'";
const mount = 'spec.containers[0].volumeMounts[0]';
const item = 'spec.volumes[0].secret.items[0]';

// Field and words are those of Kubernetes 1.34 (pkg/apis/core/validation).
const refused: readonly (readonly [manifest: object, field: string, words: string])[] = [
  ...['..', '../x', 'a/../../x', 'a/..', './../..', '../../../../../../../../srv', 'a//../b'].map(
    (subPath) => [withMount({ subPath }), `${mount}.subPath`, backstep] as const,
  ),
  [withMount({ subPath: '/etc' }), `${mount}.subPath`, 'must be a relative path'],
  [withMount({ subPathExpr: '../$(A)' }), `${mount}.subPathExpr`, backstep],
  [withMount({ subPathExpr: '/$(A)' }), `${mount}.subPathExpr`, 'must be a relative path'],
  [withMount({ subPath: 'a', subPathExpr: 'b' }), `${mount}.subPathExpr`, 'are mutually exclusive'],
  [withItem({ path: '' }), `${item}.path`, 'Required value'],
  [withItem({ key: '' }), `${item}.key`, 'Required value'],
  [withItem({ path: '/p' }), `${item}.path`, 'must be a relative path'],
  [withItem({ path: 'a/../p' }), `${item}.path`, backstep],
  [withItem({ path: '..data' }), `${item}.path`, "must not start with '..'"],
  [withItem({ mode: 0o1000 }), `${item}.mode`, mode],
  [withItem({ mode: -1 }), `${item}.mode`, mode],
  [withVolume({ secret: { secretName: 's', defaultMode: 620 } }), 'secret.defaultMode', mode],
  [withVolume({ secret: {} }), 'secret.secretName', 'Required value'],
  [withVolume({ configMap: {} }), 'configMap.name', 'Required value'],
  [withVolume({ configMap: { name: 'c', defaultMode: 777 } }), 'configMap.defaultMode', mode],
  [withVolume({ projected: { defaultMode: 999 } }), 'projected.defaultMode', mode],
  [
    withVolume({ projected: { sources: [{ serviceAccountToken: { path: '../token' } }] } }),
    'projected.sources[0].serviceAccountToken.path',
    backstep,
  ],
  [
    withVolume({ projected: { sources: [{ downwardAPI: { items: [{ path: '..x' }] } }] } }),
    'projected.sources[0].downwardAPI.items[0].path',
    "must not start with '..'",
  ],
  [withVolume({ downwardAPI: { items: [{ path: '/x' }] } }), 'downwardAPI.items[0].path', 'relative path'],
  [withVolume({ hostPath: { path: '/srv/../etc' } }), 'hostPath.path', backstep],
  [withVolume({ hostPath: {} }), 'hostPath.path', 'Required value'],
  [withVolume({ emptyDir: { sizeLimit: '-1' } }), 'emptyDir.sizeLimit', 'must be a valid resource quantity'],
  ...[-1, 2 ** 31].map(
    (runAsUser) => [withContainer({ securityContext: { runAsUser } }), 'runAsUser', id] as const,
  ),
  [withContainer({ securityContext: { runAsGroup: -5 } }), 'securityContext.runAsGroup', id],
  [podManifest('a', { securityContext: { fsGroup: -1 } }), 'spec.securityContext.fsGroup', id],
  ...[-1, 65_536].map(
    (containerPort) =>
      [withContainer({ ports: [{ containerPort }] }), 'ports[0].containerPort', port] as const,
  ),
  [withContainer({ ports: [{}] }), 'ports[0].containerPort', 'Required value'],
  [withContainer({ ports: [{ containerPort: 1, protocol: 'tcp' }] }), 'ports[0].protocol', 'Unsupported'],
  [withContainer({ ports: [{ containerPort: 1, hostPort: 99_999 }] }), 'ports[0].hostPort', port],
  [withContainer({ env: [{ name: 'A=B', value: '1' }] }), 'env[0].name', "other than '='"],
  [
    podManifest('a', { nodeSelector: { 'kubernetes.io/arch': 'amd64,linux' } }),
    'spec.nodeSelector',
    'Invalid value: "amd64,linux": a valid label must be an empty string or consist of',
  ],
  [podManifest('a', { nodeSelector: { 'a b': 'c' } }), 'spec.nodeSelector', 'name part must consist of'],
  [podManifest('a', { hostname: 'A_b' }), 'spec.hostname', 'a lowercase RFC 1123 label must consist of'],
  [
    podManifest('a', { tolerations: [{ operator: 'exists' }] }),
    'tolerations[0].operator',
    'operator must be',
  ],
  [podManifest('a', { tolerations: [{ key: 'k', effect: 'No' }] }), 'tolerations[0].effect', 'Unsupported'],
  [
    withContainer({ resources: { limits: { mem: '1Gi' } } }),
    'resources.limits[mem]',
    'must be a standard resource type or fully qualified',
  ],
  [
    withContainer({ resources: { requests: { 'requests.cpu': '1' } } }),
    'resources.requests[requests.cpu]',
    'must be a standard resource for containers',
  ],
  [podManifest('a', { tolerations: [{ key: 'a b', value: 'v' }] }), 'tolerations[0].key', 'name part must'],
];

async function create(api: TestApi, manifest: object): Promise<{ status: number; message: string }> {
  const { status, body } = await api.call('POST', pods, manifest);
  return { status, message: String(body.message) };
}

test.each(refused)('refuses %j: %s', async (manifest, field, words) => {
  await using api = await startTestApi();
  const { status, message } = await create(api, manifest);
  expect(status).toBe(422);
  expect(message).toContain(`${field}: `);
  expect(message).toContain(words);
});

const accepted: readonly object[] = [
  ...['a', 'a/b', 'a..b', '..a/b', 'a/...', './a'].map((subPath) => withMount({ subPath })),
  withMount({ mountPath: '/a/../../b' }),
  withItem({ path: 'a/..b', mode: 0o777 }),
  withItem({ path: 'a..b', mode: 0 }),
  withVolume({ secret: { secretName: 's', defaultMode: 0o400 } }),
  withContainer({ workingDir: '/../../x', terminationMessagePath: '/../../x' }),
  withContainer({ securityContext: { runAsUser: 0, runAsGroup: 2 ** 31 - 1 } }),
  withContainer({ ports: [{ containerPort: 65_535, hostPort: 0, protocol: 'UDP' }] }),
  withContainer({ env: [{ name: 'a.b-C_1', value: '' }] }),
  withContainer({ resources: { limits: { 'ephemeral-storage': '1Gi', 'hugepages-2Mi': '0' } } }),
  podManifest('a', { nodeSelector: { 'kubernetes.io/arch': 'amd64', empty: '' } }),
  podManifest('a', { tolerations: [{ operator: 'Exists' }, { key: 'k', value: 'v', effect: 'NoExecute' }] }),
];

test.each(accepted)('takes %j', async (manifest) => {
  await using api = await startTestApi();
  expect(await create(api, manifest)).toMatchObject({ status: 201 });
});
