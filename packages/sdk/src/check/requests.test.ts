import { type BuildRequest, isKanikitError } from '@kanikit/spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKanikit } from '../create-kanikit.ts';
import type { Kanikit } from '../calls/kanikit.ts';
import { idleCluster } from './idle-cluster.test.helper.ts';
import { mutationsOf, type MutationRules } from './mutations.test.helper.ts';

/** A request with every field that there is. */
const full = {
  name: 'api',
  context: './api',
  dockerfile: 'Dockerfile.release',
  git: { ref: 'main', depth: 1, submodules: true, secret: 'git' },
  contextFetch: 'auto',
  contextDelivery: 'auto',
  contextSubPath: 'app',
  destinations: ['registry.example.com/team/api:1', 'registry.example.com/team/api:latest'],
  push: true,
  buildArgs: { VERSION: '1', FROM_ENVIRONMENT: undefined },
  secrets: [
    { id: 'file', file: './token' },
    { id: 'env', env: 'TOKEN' },
    { id: 'value', value: 'words' },
    { id: 'bytes', value: new Uint8Array([1]) },
    { id: 'existing', secret: 'tokens', key: 'npm' },
  ],
  labels: { team: 'api' },
  target: 'production',
  platform: 'linux/amd64',
  cache: { repository: 'registry.example.com/cache', copyLayers: true, ttl: '24h' },
  insecureRegistries: ['registry.example.com'],
  imageFormat: 'oci',
  annotations: { title: 'api' },
  compression: 'zstd',
  pushRetries: 1,
  imageDownloadRetries: 1,
  features: { FF_KANIKO_X: true },
  featureProfile: 'buildkit',
  executorArgs: ['--verbosity=debug'],
  executor: { distribution: 'google', version: '1.24.0', image: 'registry.example.com/kaniko' },
  pod: {
    namespace: 'builds',
    env: {
      plain: 'x',
      fromSecret: { secret: 's', key: 'k', isOptional: true },
      fromConfigMap: { configMap: 'c', key: 'k', isOptional: true },
      fromPod: { valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    },
    proxy: { http: 'http://proxy', https: 'http://proxy', none: 'localhost' },
    registrySecret: 'dockercred',
    podAs: 'pod',
    keepFailedMs: 1,
    keepEndedMs: 1,
    name: 'kaniko',
    requests: { cpu: '1', memory: '1Gi', ephemeralStorage: '1Gi' },
    limits: { cpu: '1', memory: '1Gi', ephemeralStorage: '1Gi' },
    nodeSelector: { zone: 'a' },
    tolerations: [{ key: 'builds' }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ maxSkew: 1 }],
    priorityClass: 'low',
    runtimeClass: 'gvisor',
    schedulerName: 'packer',
    serviceAccount: 'builder',
    mountServiceAccountToken: false,
    imagePullSecrets: ['pull'],
    imagePullPolicy: 'Always',
    volumes: [{ name: 'v', emptyDir: {} }],
    volumeMounts: [{ name: 'v', mountPath: '/v' }],
    envFrom: [
      { secret: 's', prefix: 'P_', isOptional: true },
      { configMap: 'c', prefix: 'P_', isOptional: true },
    ],
    labels: { team: 'api' },
    annotations: { team: 'api' },
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    dnsPolicy: 'ClusterFirst',
    dnsConfig: { nameservers: ['10.0.0.1'] },
    hostUsers: false,
    preset: 'baseline',
    template: { spec: {} },
    patches: [
      { type: 'strategic', patch: { spec: {} } },
      { type: 'json', patch: [{ op: 'add', path: '/spec/x', from: '/spec/y', value: 1 }] },
    ],
  },
  timeoutMs: 60_000,
  retries: 1,
} satisfies BuildRequest;

const rules: MutationRules = {
  required: [
    'context',
    'destinations',
    'pod.patches[0].type',
    'pod.patches[1].patch[0].op',
    'secrets[4].key',
  ],
  open: [
    'buildArgs',
    'labels',
    'annotations',
    'features',
    'pod.env',
    'pod.nodeSelector',
    'pod.labels',
    'pod.annotations',
  ],
  free: [
    'pod.env.fromPod.valueFrom',
    'pod.tolerations[0]',
    'pod.affinity',
    'pod.topologySpreadConstraints[0]',
    'pod.volumes[0]',
    'pod.volumeMounts[0]',
    'pod.hostAliases[0]',
    'pod.dnsConfig',
    'pod.template',
    'pod.patches[0].patch',
    'pod.patches[1].patch[0].value',
  ],
  also: {
    'buildArgs.FROM_ENVIRONMENT': ['string'],
    cache: ['boolean'],
    'secrets[3].value': ['string'],
    'pod.patches[1].patch[0].value': [
      'string',
      'not-whole',
      'not-a-number',
      'infinite',
      'negative',
      'boolean',
      'null',
      'list',
      'object',
      'date',
      'map',
      'inherited',
      'function',
      'symbol',
      'bigint',
    ],
    ...Object.fromEntries(
      ['fromSecret', 'fromConfigMap', 'fromPod'].map((name) => [`pod.env.${name}`, ['string']]),
    ),
  },
};

let kanikit: Kanikit;
beforeAll(async () => {
  kanikit = await createKanikit({ cluster: idleCluster });
});

describe('a build request', () => {
  it('may have every field that there is', async () => {
    const run = kanikit.start(full, { signal: AbortSignal.abort() });
    expect((await run.result).outcome).toBe('cancelled');
  });

  it('may leave out what it need not have, also as undefined', async () => {
    const bare = Object.fromEntries(Object.keys(full).map((name) => [name, undefined]));
    const request = { ...bare, context: '.', destinations: ['registry.example.com/team/app:1'] };
    expect((await kanikit.start(request, { signal: AbortSignal.abort() }).result).outcome).toBe('cancelled');
  });

  it('with one thing wrong is refused by an error that names its path, whatever it is', () => {
    const mutations = mutationsOf(full, rules);
    expect(mutations.length).toBeGreaterThan(1_500);
    const wrong = mutations.flatMap(({ name, path, value }) => {
      const said = refusalOf(() => kanikit.start([full, value] as never));
      const isNamed = [' ', '.strange '].some((end) => said.includes(` builds[1].${path}${end}`));
      return isNamed ? [] : [`${name}: ${said}`];
    });
    expect(wrong).toEqual([]);
  });
});

/** Words of the KanikitError that a call throws at once. */
function refusalOf(call: () => unknown): string {
  try {
    call();
    return 'accepted';
  } catch (error) {
    if (!isKanikitError(error)) return `another error: ${String(error)}`;
    return error.code === 'request-invalid' && error.hint !== undefined
      ? error.message
      : `${error.code} or no hint`;
  }
}
