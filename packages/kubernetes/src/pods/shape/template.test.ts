import type { KubernetesObject, Manifest, PodLaunch, PodPatch } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { sampleLaunch } from '../../testing/launches.ts';

const cluster = createCluster({
  kind: 'kubeconfig',
  name: 'c',
  server: 'https://127.0.0.1:1',
  namespace: 'builds',
});

type Fields = Readonly<Record<string, unknown>>;
interface Spec extends Fields {
  readonly containers: readonly Fields[];
}

function podOf(changes: Partial<PodLaunch>): { metadata: Fields; spec: Spec } {
  const [pod] = cluster.manifests(sampleLaunch(changes), { isRedacted: false }) as readonly [Manifest];
  return { metadata: pod['metadata'] as Fields, spec: pod['spec'] as Spec };
}

const spec = {
  serviceAccountName: 'from-template',
  nodeSelector: { pool: 'builds' },
  tolerations: [{ key: 'builds', operator: 'Exists' }],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  initContainers: [{ name: 'fetch', image: 'busybox' }],
  containers: [
    { name: 'proxy', image: 'envoy' },
    {
      name: 'kaniko',
      env: [
        { name: 'LANG', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'OWN', value: '1' },
      ],
      securityContext: { capabilities: { drop: ['MKNOD'] } },
      resources: { limits: { memory: '8Gi' } },
    },
  ],
  volumes: [{ name: 'cache', emptyDir: {} }],
};

describe('templates', () => {
  test.each([
    ['a pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' } }, spec }],
    ['a template', { kind: 'PodTemplate', template: { metadata: { labels: { a: 'b' } }, spec } }],
    ['a pod without words', { metadata: { labels: { a: 'b' } }, spec }],
  ] as readonly (readonly [string, KubernetesObject])[])(
    '%s is what the pod is made on',
    (_what, template) => {
      const { metadata, spec: made } = podOf({
        template,
        nodeSelector: { arch: 'arm64' },
        limits: { cpu: '2' },
      });
      expect(metadata).toMatchObject({
        name: 'build-1',
        namespace: 'builds',
        labels: { a: 'b', 'kanikit.dev/run': 'r1' },
      });
      expect(made).toMatchObject({
        serviceAccountName: 'from-template',
        nodeSelector: { pool: 'builds', arch: 'arm64' },
        tolerations: spec.tolerations,
        topologySpreadConstraints: spec.topologySpreadConstraints,
        initContainers: spec.initContainers,
        restartPolicy: 'Never',
        activeDeadlineSeconds: 3600,
      });
      expect(made).not.toHaveProperty('automountServiceAccountToken');
      const [proxy, kaniko] = made.containers;
      expect(proxy).toEqual({ name: 'proxy', image: 'envoy' });
      expect(kaniko).toMatchObject({
        name: 'kaniko',
        image: 'registry.example.com/kaniko:1',
        args: ['--dockerfile=Dockerfile'],
        resources: { limits: { memory: '8Gi', cpu: '2' } },
        securityContext: { runAsUser: 0, allowPrivilegeEscalation: false, capabilities: { drop: ['MKNOD'] } },
      });
      // A variable of the launch takes the place of the template's, source included.
      expect(kaniko?.['env']).toEqual([
        { name: 'LANG', value: 'C' },
        { name: 'CONTEXT_URL', valueFrom: { secretKeyRef: { name: 'build-1', key: 'env-0.CONTEXT_URL' } } },
        { name: 'OWN', value: '1' },
      ]);
    },
  );

  test('the spec of a pod alone will do', () => {
    expect(podOf({ template: spec }).spec).toMatchObject({ nodeSelector: { pool: 'builds' } });
  });

  test.each([
    [{ kind: 'Deployment', spec: {} }, 'the template is a Deployment'],
    [{ spec: { restartPolicy: 'Always' } }, 'spec.restartPolicy of the template'],
    [{ spec: { activeDeadlineSeconds: 5 } }, 'spec.activeDeadlineSeconds of the template'],
    [{ containers: [{ name: 'kaniko', args: ['--force'] }] }, 'spec.containers[kaniko].args of the template'],
    [{ containers: [{ name: 'kaniko', image: 'other' }] }, 'spec.containers[kaniko].image of the template'],
    [{ spec: { containers: [{ image: 'x' }] } }, 'declared merge key: name'],
  ])('%j is refused', (template, words) => {
    expect(() => podOf({ template })).toThrow(words);
  });
});

const strategic = (patch: KubernetesObject): PodPatch => ({ type: 'strategic', patch });
const inKaniko = (fields: KubernetesObject): PodPatch =>
  strategic({ spec: { containers: [{ name: 'kaniko', ...fields }] } });

describe('patches', () => {
  test('change the finished pod, in order', () => {
    const { metadata, spec: made } = podOf({
      tolerations: [{ key: 'a', operator: 'Exists' }],
      patches: [
        strategic({ metadata: { annotations: { x: 'y' } }, spec: { enableServiceLinks: null, priority: 5 } }),
        inKaniko({
          resources: { limits: { 'nvidia.com/gpu': '1' } },
          command: ['/wrapper', '/kaniko/executor'],
        }),
        { type: 'json', patch: [{ op: 'add', path: '/spec/tolerations/-', value: { operator: 'Exists' } }] },
        { type: 'json', patch: [{ op: 'replace', path: '/spec/priority', value: 6 }] },
      ],
    });
    expect(metadata['annotations']).toMatchObject({ x: 'y' });
    expect(made).not.toHaveProperty('enableServiceLinks');
    expect(made).toMatchObject({ priority: 6, tolerations: [{ key: 'a' }, { operator: 'Exists' }] });
    expect(made.containers[0]).toMatchObject({ resources: { limits: { 'nvidia.com/gpu': '1' } } });
  });

  test.each([
    [
      strategic({ metadata: { labels: { 'kanikit.dev/run': 'x' } } }),
      'metadata.labels[kanikit.dev/run] is "x"',
    ],
    [strategic({ metadata: { name: 'other' } }), 'metadata.name is "other"'],
    [strategic({ metadata: { namespace: 'other' } }), 'metadata.namespace'],
    [strategic({ spec: { restartPolicy: 'OnFailure' } }), 'spec.restartPolicy is "OnFailure"'],
    [strategic({ spec: { activeDeadlineSeconds: null } }), 'spec.activeDeadlineSeconds is absent'],
    [strategic({ spec: { activeDeadlineSeconds: 99_999 } }), 'from 1 to 3600'],
    [
      strategic({ spec: { containers: [{ name: 'kaniko', $patch: 'delete' }] } }),
      'spec.containers[kaniko] is missing',
    ],
    [inKaniko({ args: ['--force'] }), 'spec.containers[kaniko].args'],
    [inKaniko({ image: 'x' }), 'spec.containers[kaniko].image'],
    [inKaniko({ tty: true }), 'spec.containers[kaniko].tty is true'],
    [inKaniko({ stdinOnce: false }), 'spec.containers[kaniko].stdinOnce is false'],
    [inKaniko({ terminationMessagePath: '/x' }), 'terminationMessagePath'],
    [inKaniko({ env: [{ name: 'CONTEXT_URL', $patch: 'delete' }] }), 'env[CONTEXT_URL] is absent'],
    [
      inKaniko({ volumeMounts: [{ mountPath: '/kaniko/.docker', $patch: 'delete' }] }),
      'volumeMounts[/kaniko/.docker]',
    ],
    [
      strategic({ spec: { volumes: [{ name: 'kanikit-secret-0', $patch: 'delete' }] } }),
      'spec.volumes[kanikit-secret-0]',
    ],
    [strategic({ kind: 'Job' }), 'kind is "Job"'],
    [strategic({ tolerations: [] }), 'tolerations is no field of a Pod'],
    [
      { type: 'json', patch: [{ op: 'remove', path: '/spec/none' }] },
      'Applying patch 1 (json) to the pod of build b1',
    ],
  ] as readonly (readonly [PodPatch, string])[])('%j is refused', (patch, words) => {
    expect(() => podOf({ isStdinUsed: true, patches: [patch] })).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^p(?:od|atch)-invalid$/),
        message: expect.stringContaining(words),
      }),
    );
  });

  test("variables of the build's own secret can't be set beside it", () => {
    expect(() => podOf({ env: { CONTEXT_URL: 'x' } })).toThrow('env[CONTEXT_URL] is "several"');
  });
});
