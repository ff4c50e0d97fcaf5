import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKanikit, type Kanikit } from '@kanikit/sdk';
import type { BuildRequest, PodSettings } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesApi } from '../../cluster/api.ts';
import { writeContext } from '../builds/sample-context.ts';
import { credentialsFor, type RegistryAccess } from '../parts/registry-access.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

/** A cluster with the real executor, and what a build there needs. */
export interface PodTarget extends RegistryAccess, AsyncDisposable {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly api: KubernetesApi;
  readonly baseImage: string;
}

/** The shape of pods: the same tests against the sandbox and a real Kubernetes. */
export function describePods(name: string, start: () => Promise<PodTarget>): void {
  describe(`pods on ${name}`, () => {
    let target: PodTarget;
    let kanikit: Kanikit;
    let folder: string;

    beforeAll(async () => {
      target = await start();
      folder = await mkdtemp(join(tmpdir(), 'kanikit-pods-'));
      kanikit = await createKanikit({
        cluster: { kubeconfig: target.kubeconfig, namespace: target.namespace },
        executor: executorByTag,
        credentials: credentialsFor(target),
        insecureRegistries: [target.registry],
      });
      const core = `/api/v1/namespaces/${target.namespace}`;
      const metadata = { name: 'settings' };
      const data = { FROM_ALL: 'all', one: 'first' };
      await target.api.call('POST', `${core}/configmaps`, {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata,
        data,
      });
      const stringData = { token: 's3cret-token' };
      await target.api.call('POST', `${core}/secrets`, {
        kind: 'Secret',
        apiVersion: 'v1',
        metadata,
        stringData,
      });
    });
    afterAll(async () => {
      await kanikit?.close();
      await target?.[Symbol.asyncDispose]();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    const request = async (
      run: readonly string[],
      pod: PodSettings,
      more: Partial<BuildRequest> = {},
    ): Promise<BuildRequest> => {
      const context = await writeContext(folder, `context-${Math.random().toString(36).slice(2)}`, {
        Dockerfile: [`FROM ${target.baseImage}`, ...run].join('\n'),
        file: 'hello\n',
      });
      return { context, destinations: [`${target.registry}/pods/shape:1`], pod, ...more };
    };
    const collection = (): string => `/api/v1/namespaces/${target.namespace}/pods`;

    test('a pod with everything set is taken as it is, every field kept', async () => {
      const [plan] = await kanikit.plan(await request(['RUN true'], everything));
      const pod = plan?.manifests[0];
      const query = 'dryRun=All&fieldValidation=Strict';
      const { body } = await target.api.call<Record<string, unknown>>(
        'POST',
        `${collection()}?${query}`,
        pod,
      );
      // The server writes quantities in its own way (these are as it would write them), and adds tolerations for nodes that are lost.
      const spec = pod?.['spec'] as Readonly<Record<string, unknown>>;
      const tolerations: unknown = expect.arrayContaining(spec['tolerations'] as unknown[]);
      expect(body).toMatchObject({ spec: { ...spec, tolerations }, metadata: pod?.['metadata'] });
      expect((body['spec'] as { tolerations: unknown[] }).tolerations).toHaveLength(4);
    });

    test.each([
      [{ priorityClass: 'none-such' }, 'no PriorityClass with name none-such was found'],
      [{ runtimeClass: 'none-such' }, 'RuntimeClass "none-such" not found'],
      [
        { patches: [{ type: 'strategic', patch: { spec: { tolerationz: [] } } }] },
        'unknown field "spec.tolerationz"',
      ],
    ] as readonly (readonly [PodSettings, string])[])('%j is refused with the reason', async (pod, words) => {
      await expect(kanikit.build(await request(['RUN true'], pod))).rejects.toThrow(words);
    });

    test.each(['baseline', 'least-privilege'] as const)(
      'the executor builds with the rights of the preset %s',
      async (preset) => {
        const run = [
          'RUN mkdir /data && chown 1000:1000 /data && chmod 2775 /data && echo x > /data/x && chown 7 /data/x',
          'COPY --chown=33:33 file /data/file',
          'USER 1000',
          'RUN test "$(id -u)" = 1000 && touch /data/mine',
        ];
        expect((await kanikit.build(await request(run, { preset }))).outcome).toBe('succeeded');
      },
    );

    test('all capabilities dropped, and the executor says what it lacks', async () => {
      const securityContext = { capabilities: { drop: ['ALL'], add: null } };
      const patch = { spec: { containers: [{ name: 'kaniko', securityContext }] } };
      const pod: PodSettings = { patches: [{ type: 'strategic', patch }] };
      const build = kanikit.build(await request(['COPY --chown=33:33 file /data/file'], pod));
      await expect(build).rejects.toThrow('operation not permitted');
    });

    test('variables from everywhere, volumes and names reach the executor, and no layer', async () => {
      const pod: PodSettings = {
        env: {
          PLAIN: 'literal $(TOKEN)',
          TOKEN: { secret: 'settings', key: 'token' },
          ONE: { configMap: 'settings', key: 'one' },
          POD: { valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          GONE: { secret: 'none-such', key: 'x', isOptional: true },
        },
        envFrom: [{ configMap: 'settings', prefix: 'ALL_' }],
        volumes: [
          { name: 'scratch', emptyDir: { sizeLimit: '64Mi' } },
          { name: 'token', secret: { secretName: 'settings' } },
        ],
        volumeMounts: [
          { name: 'scratch', mountPath: '/scratch' },
          { name: 'token', mountPath: '/kaniko/token', readOnly: true },
        ],
        hostAliases: [{ ip: '192.0.2.7', hostnames: ['alias.example'] }],
        dnsConfig: { options: [{ name: 'attempts', value: '4' }] },
      };
      // A build argument without a value takes the executor's own variable.
      const args = ['PLAIN', 'TOKEN', 'ONE', 'POD', 'GONE', 'ALL_FROM_ALL'];
      const run = [
        ...args.map((arg) => `ARG ${arg}`),
        `RUN test "$ONE,$POD,$GONE,$ALL_FROM_ALL" = "first,${target.namespace},,all"`,
        'RUN test "$TOKEN" = s3cret-token',
        'RUN test "$(cat /kaniko/token/token)" = s3cret-token && echo kept > /scratch/file',
        'RUN grep -q "192.0.2.7.alias.example" /etc/hosts && grep -q "attempts:4" /etc/resolv.conf',
        'RUN test -e /scratch/file',
      ];
      const executorArgs = args.map((arg) => `--build-arg=${arg}`);
      expect((await kanikit.build(await request(run, pod, { executorArgs }))).outcome).toBe('succeeded');
    });

    test('builds leave nothing behind', async () => {
      const { body } = await target.api.call<{ items: readonly { metadata: { name: string } }[] }>(
        'GET',
        collection(),
      );
      expect(body.items.map(({ metadata }) => metadata.name)).toEqual([]);
    });
  });
}

const everything: PodSettings = {
  requests: { cpu: '100m', memory: '64Mi', ephemeralStorage: '1Gi' },
  limits: { cpu: '2', memory: '1Gi', ephemeralStorage: '4Gi' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [
    { key: 'builds', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
    { key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
  ],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } },
      ],
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'database' } } },
      ],
    },
  },
  topologySpreadConstraints: [
    {
      maxSkew: 2,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { team: 'x' } },
    },
  ],
  schedulerName: 'default-scheduler',
  mountServiceAccountToken: false,
  imagePullSecrets: ['pull'],
  imagePullPolicy: 'IfNotPresent',
  volumes: [
    { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'cache', persistentVolumeClaim: { claimName: 'cache' } },
    { name: 'certs', configMap: { name: 'certs', optional: true, defaultMode: 0o444 } },
    { name: 'node', hostPath: { path: '/var/cache', type: 'DirectoryOrCreate' } },
    {
      name: 'info',
      downwardAPI: {
        items: [{ path: 'name', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } }],
        defaultMode: 0o444,
      },
    },
    {
      name: 'claim',
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      },
    },
  ],
  volumeMounts: [
    { name: 'scratch', mountPath: '/kaniko/buildcontext' },
    { name: 'cache', mountPath: '/cache', subPath: 'kaniko', readOnly: true },
    { name: 'certs', mountPath: '/kaniko/certs' },
  ],
  env: {
    A: '1',
    B: { secret: 's', key: 'k' },
    C: { configMap: 'c', key: 'k', isOptional: true },
    D: { valueFrom: { resourceFieldRef: { containerName: 'kaniko', resource: 'limits.cpu', divisor: '1' } } },
  },
  envFrom: [
    { secret: 's', prefix: 'S_' },
    { configMap: 'c', isOptional: true },
  ],
  proxy: { http: 'http://proxy.example:3128', none: '.example' },
  labels: { team: 'x' },
  annotations: { 'example.com/note': 'yes' },
  hostAliases: [{ ip: '192.0.2.1', hostnames: ['a.example', 'b.example'] }],
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['192.0.2.53'], searches: ['example'], options: [{ name: 'ndots', value: '2' }] },
  hostUsers: true,
  preset: undefined,
  template: {
    kind: 'Pod',
    metadata: { labels: { from: 'template' } },
    spec: {
      terminationGracePeriodSeconds: 5,
      initContainers: [{ name: 'first', image: 'busybox', command: ['true'] }],
      containers: [
        { name: 'kaniko', securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
        { name: 'beside', image: 'busybox' },
      ],
    },
  },
  patches: [
    { type: 'strategic', patch: { spec: { shareProcessNamespace: false, securityContext: { fsGroup: 0 } } } },
    { type: 'json', patch: [{ op: 'add', path: '/spec/preemptionPolicy', value: 'PreemptLowerPriority' }] },
  ],
};
