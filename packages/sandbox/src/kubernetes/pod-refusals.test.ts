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
const mount = 'spec.containers[0].volumeMounts';
const address = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const from = 'env[0].valueFrom';
const withSource = (valueFrom: object, more: object = {}): object =>
  withContainer({ env: [{ name: 'A', valueFrom, ...more }] });
const withPort = (name: string): object => withContainer({ ports: [{ containerPort: 1, name }] });
const fieldRef = { fieldPath: 'metadata.name' };
const item = 'spec.volumes[0].secret.items[0]';

// Field and words are those of Kubernetes 1.34 (pkg/apis/core/validation).
const refused: readonly (readonly [manifest: object, field: string, words: string])[] = [
  ...['..', '../x', 'a/../../x', 'a/..', './../..', '../../../../../../../../srv', 'a//../b'].map(
    (subPath) => [withMount({ subPath }), `${mount}.subPath`, backstep] as const,
  ),
  [withMount({ subPath: '/etc' }), `${mount}.subPath`, 'must be a relative path'],
  [withMount({ subPathExpr: '../$(A)' }), `${mount}.subPathExpr`, backstep],
  [withMount({ subPathExpr: '/$(A)' }), `${mount}.subPathExpr`, 'must be a relative path'],
  [withMount({ subPath: 'a', subPathExpr: 'b' }), `${mount}[0].subPathExpr`, 'are mutually exclusive'],
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
  [
    withContainer({ ports: [5, 6].map((containerPort) => ({ containerPort, hostPort: 5 })) }),
    'ports[1].hostPort',
    'Duplicate value: "TCP//5"',
  ],
  [podManifest('a', { preemptionPolicy: 'x' }), 'preemptionPolicy', '"PreemptLowerPriority", "Never"'],
  [podManifest('a', { os: { name: 'x' } }), 'spec.os', 'supported values: "linux", "windows"'],
  [podManifest('a', { securityContext: { supplementalGroups: [-1] } }), 'supplementalGroups[0]', id],
  [podManifest('a', { securityContext: { fsGroupChangePolicy: 'x' } }), 'fsGroupChangePolicy', 'Unsupported'],
  [withPort('abcdefghijklmnop'), 'ports[0].name', 'must be no more than 15 characters'],
  [withPort('123'), 'ports[0].name', 'must contain at least one letter (a-z)'],
  [withPort('Aa'), 'ports[0].name', 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [withPort('a--b'), 'ports[0].name', 'must not contain consecutive hyphens'],
  [withPort('-a'), 'ports[0].name', 'must not begin or end with a hyphen'],
  [withMount({ mountPropagation: 'x' }), `${mount}.mountPropagation`, 'Unsupported value: "x"'],
  [
    withMount({ mountPropagation: 'Bidirectional' }),
    `${mount}.mountPropagation`,
    'only to privileged containers',
  ],
  [withMount({ recursiveReadOnly: 'Enabled' }), `${mount}.recursiveReadOnly`, 'when readOnly is true'],
  [withMount({ recursiveReadOnly: 'x', readOnly: true }), `${mount}.recursiveReadOnly`, 'Unsupported value'],
  [
    withSource({}),
    from,
    'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
  ],
  [withSource({ fieldRef }, { value: 'x' }), from, 'may not be specified when `value` is not empty'],
  [withSource({ fieldRef, secretKeyRef: { name: 'a', key: 'b' } }), from, 'may not have more than one field'],
  [withSource({ fieldRef: {} }), `${from}.fieldRef.fieldPath`, 'Required value'],
  [withSource({ fieldRef: { fieldPath: 'spec.foo' } }), 'fieldPath', 'field label not supported: spec.foo'],
  [withSource({ fieldRef: { fieldPath: 'metadata.labels' } }), 'fieldPath', 'Unsupported value'],
  [
    withSource({ resourceFieldRef: { resource: 'limits.pods' } }),
    'resource',
    'supported values: "limits.cpu"',
  ],
  [
    withSource({ secretKeyRef: { name: 'a', key: 'b/c' } }),
    `${from}.secretKeyRef.key`,
    'a valid config key must',
  ],
  [withSource({ secretKeyRef: { name: '', key: 'b' } }), `${from}.secretKeyRef.name`, 'RFC 1123 subdomain'],
  [withContainer({ envFrom: [{}] }), 'envFrom', 'must specify one of: `configMapRef` or `secretRef`'],
  [withContainer({ envFrom: [{ secretRef: {} }] }), 'envFrom[0].secretRef.name', 'Required value'],
  [
    withContainer({ envFrom: [{ prefix: 'a=', secretRef: { name: 's' } }] }),
    'envFrom[0].prefix',
    "other than '='",
  ],
  [
    podManifest('a', { dnsPolicy: 'None' }),
    'spec.dnsConfig',
    'must provide `dnsConfig` when `dnsPolicy` is None',
  ],
  [
    podManifest('a', { dnsPolicy: 'None', dnsConfig: {} }),
    'dnsConfig.nameservers',
    'at least one DNS nameserver',
  ],
  [podManifest('a', { dnsConfig: { nameservers: ['x'] } }), 'dnsConfig.nameservers[0]', address],
  [
    podManifest('a', { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } }),
    'dnsConfig.nameservers',
    'must not have more than 3 nameservers',
  ],
  [
    podManifest('a', { dnsConfig: { searches: Array.from({ length: 33 }, (_, index) => `s${index}`) } }),
    'dnsConfig.searches',
    'must not have more than 32 search paths',
  ],
  [podManifest('a', { dnsConfig: { options: [{}] } }), 'dnsConfig.options[0]', 'must not be empty'],
  [podManifest('a', { hostAliases: [{ hostnames: ['a'] }] }), 'spec.hostAliases[0].ip', address],
  [
    podManifest('a', { hostAliases: [{ ip: '::1', hostnames: ['A_'] }] }),
    'hostnames[0]',
    'RFC 1123 subdomain',
  ],
  [
    podManifest('a', { ephemeralContainers: [{ name: 'e' }] }),
    'spec.ephemeralContainers',
    'cannot be set on create',
  ],
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
  withPort('http-1'),
  withMount({ mountPropagation: 'HostToContainer' }),
  withMount({ recursiveReadOnly: 'Enabled', readOnly: true }),
  withSource({ fieldRef }),
  withSource({ fieldRef: { fieldPath: "metadata.annotations['a.b/c']" } }),
  withSource({ resourceFieldRef: { resource: 'requests.memory', divisor: '1Mi' } }),
  withContainer({
    env: [{ name: 'A' }, { name: 'B', value: '' }],
    envFrom: [{ configMapRef: { name: 'c' } }],
  }),
  podManifest('a', { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1', '::1'], searches: ['a.b'] } }),
  podManifest('a', { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a.b', 'c'] }], ephemeralContainers: [] }),
  podManifest('a', { tolerations: [{ operator: 'Exists' }, { key: 'k', value: 'v', effect: 'NoExecute' }] }),
];

test.each(accepted)('takes %j', async (manifest) => {
  await using api = await startTestApi();
  expect(await create(api, manifest)).toMatchObject({ status: 201 });
});
