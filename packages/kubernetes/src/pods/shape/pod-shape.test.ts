import type { Manifest, PodLaunch } from '@kanikit/spec';
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

function podOf(changes: Partial<PodLaunch>): { metadata: Fields; spec: Fields; kaniko: Fields } {
  const [pod] = cluster.manifests(sampleLaunch(changes), { isRedacted: false }) as readonly [Manifest];
  const spec = pod['spec'] as Fields & { readonly containers: readonly Fields[] };
  const kaniko = spec.containers.find(({ name }) => name === 'kaniko') ?? {};
  return { metadata: pod['metadata'] as Fields, spec, kaniko };
}

describe('settings', () => {
  test('all of the shape is in the pod, in the words of the API', () => {
    const shape = {
      requests: { cpu: '1' },
      limits: { memory: '4Gi', ephemeralStorage: '20Gi' },
      tolerations: [{ key: 'builds', operator: 'Exists', effect: 'NoSchedule' }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      topologySpreadConstraints: [{ maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
      priorityClass: 'low',
      runtimeClass: 'gvisor',
      schedulerName: 'volcano',
      serviceAccount: 'builder',
      mountServiceAccountToken: true,
      imagePullSecrets: ['pull'],
      imagePullPolicy: 'Always',
      volumes: [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }],
      volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['registry.local'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.10'], searches: ['svc'] },
      hostUsers: false,
    } as const satisfies Partial<PodLaunch>;
    const { spec, kaniko } = podOf({
      ...shape,
      env: {
        PLAIN: 'a',
        FROM_SECRET: { secret: 's', key: 'k' },
        MAYBE: { configMap: 'c', key: 'k', isOptional: true },
        NODE: { valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      },
      secretEnv: {},
      envFrom: [
        { secret: 'all', prefix: 'S_' },
        { configMap: 'more', isOptional: true },
      ],
    });
    expect(spec).toMatchObject({
      tolerations: shape.tolerations,
      affinity: shape.affinity,
      topologySpreadConstraints: shape.topologySpreadConstraints,
      priorityClassName: 'low',
      runtimeClassName: 'gvisor',
      schedulerName: 'volcano',
      serviceAccountName: 'builder',
      automountServiceAccountToken: true,
      imagePullSecrets: [{ name: 'pull' }],
      hostAliases: shape.hostAliases,
      dnsPolicy: 'None',
      dnsConfig: shape.dnsConfig,
      hostUsers: false,
    });
    expect(spec['volumes']).toContainEqual(shape.volumes[0]);
    expect(kaniko).toMatchObject({
      imagePullPolicy: 'Always',
      resources: { requests: { cpu: '1' }, limits: { memory: '4Gi', 'ephemeral-storage': '20Gi' } },
      env: [
        { name: 'PLAIN', value: 'a' },
        { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'MAYBE', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
        { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      ],
      envFrom: [
        { prefix: 'S_', secretRef: { name: 'all' } },
        { configMapRef: { name: 'more', optional: true } },
      ],
    });
    expect(kaniko['volumeMounts']).toContainEqual(shape.volumeMounts[0]);
  });

  test('an empty list of constraints spreads nothing', () => {
    expect(podOf({ topologySpreadConstraints: [] }).spec).not.toHaveProperty('topologySpreadConstraints');
  });

  test('files of existing secrets lie in folders of their own', () => {
    const { spec, kaniko } = podOf({
      existingSecretFiles: [{ path: '/kaniko/kanikit-secrets/0/value', secret: 'npm', key: 'token' }],
    });
    expect(spec['volumes']).toContainEqual({
      name: 'kanikit-existing-0',
      secret: { secretName: 'npm', defaultMode: 0o400, items: [{ key: 'token', path: 'value' }] },
    });
    const mount = { name: 'kanikit-existing-0', mountPath: '/kaniko/kanikit-secrets/0', readOnly: true };
    expect(kaniko['volumeMounts']).toContainEqual(mount);
  });
});

describe('presets', () => {
  const needed = [
    'CHOWN',
    'DAC_OVERRIDE',
    'FOWNER',
    'FSETID',
    'KILL',
    'SETFCAP',
    'SETGID',
    'SETUID',
    'SYS_CHROOT',
  ];

  test.each([
    ['baseline', { seccompProfile: { type: 'RuntimeDefault' } }, {}],
    [
      'least-privilege',
      { seccompProfile: { type: 'RuntimeDefault' } },
      { capabilities: { drop: ['ALL'], add: needed } },
    ],
    ['openshift', undefined, {}],
  ] as const)('%s', (preset, podSecurity, containerSecurity) => {
    const { metadata, spec, kaniko } = podOf({ preset });
    expect(spec['securityContext']).toEqual(podSecurity);
    const root = { runAsUser: 0, allowPrivilegeEscalation: false };
    expect(kaniko['securityContext']).toEqual({ ...root, ...containerSecurity });
    const required = preset === 'openshift' ? 'anyuid' : undefined;
    expect((metadata['annotations'] as Fields)['openshift.io/required-scc']).toBe(required);
  });

  test.each([
    [{ hostNetwork: true }, 'spec.hostNetwork is true'],
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'spec.volumes[v] is a hostPath'],
    [{ securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'seccompProfile is Unconfined'],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'sysctls[kernel.msgmax]'],
    [
      { containers: [{ name: 'kaniko', securityContext: { privileged: true } }] },
      'spec.containers[kaniko].securityContext.privileged is true',
    ],
    [
      {
        initContainers: [
          { name: 'i', image: 'x', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
        ],
      },
      'spec.initContainers[i].securityContext.capabilities.add has SYS_ADMIN',
    ],
    [{ containers: [{ name: 'kaniko', securityContext: { procMount: 'Unmasked' } }] }, 'procMount'],
    [{ containers: [{ name: 'kaniko', ports: [{ containerPort: 1, hostPort: 1 }] }] }, 'port 1'],
    [{ securityContext: { seLinuxOptions: { type: 'spc_t' } } }, 'seLinuxOptions'],
  ])('baseline refuses %j', (template, words) => {
    expect(() => podOf({ template, preset: 'baseline' })).toThrow(
      expect.objectContaining({ code: 'pod-invalid', message: expect.stringContaining(words) }),
    );
    // Without the preset the cluster decides.
    expect(() => podOf({ template })).not.toThrow();
  });
});

describe('the constraints "anyuid"', () => {
  test.each([
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, 'spec.volumes[v] is a hostPath'],
    [{ volumes: [{ name: 'v', csi: { driver: 'x' } }] }, 'spec.volumes[v] is a csi'],
    [
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      'spec.securityContext.seccompProfile',
    ],
    [
      { containers: [{ name: 'kaniko', securityContext: { capabilities: { add: ['CHOWN'] } } }] },
      'spec.containers[kaniko].securityContext.capabilities.add is set',
    ],
    [{ hostNetwork: true }, 'spec.hostNetwork is true'],
  ])('refuse %j', (template, words) => {
    expect(() => podOf({ template, preset: 'openshift' })).toThrow(
      expect.objectContaining({ code: 'pod-invalid', message: expect.stringContaining(words) }),
    );
  });
});

describe('mistakes that only the cluster would find', () => {
  test.each([
    [{ tolerations: [{ key: 'a', effect: 'NoScheduling' }] }, 'spec.tolerations[0] is "NoScheduling"'],
    [{ tolerations: [{ operator: 'Equal' }] }, 'has no key'],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, 'has a value'],
    [{ tolerations: [{ key: 'a', tolerationSeconds: 3, effect: 'NoSchedule' }] }, 'tolerationSeconds'],
    [{ tolerations: 'all' as unknown as [] }, 'spec.tolerations must be a list'],
    [{ affinity: { nodesAffinity: {} } }, 'spec.affinity.nodesAffinity'],
    [{ topologySpreadConstraints: [{ topologyKey: 'zone' }] }, 'needs maxSkew'],
    [{ volumes: [{ name: 'v' }] }, 'spec.volumes[v] has no source'],
    [{ volumes: [{ name: 'v', emptyDir: {}, secret: {} }] }, 'several sources: emptyDir, secret'],
    [{ volumeMounts: [{ name: 'none', mountPath: '/x' }] }, 'the volume none, which is not there'],
    [{ limits: { memory: '4GB' } }, 'limits[memory] is "4GB"'],
    [{ priorityClass: 'High_Priority' }, 'spec.priorityClassName'],
    [{ hostAliases: [{ ip: '10.0.0.1' }] }, 'spec.hostAliases[0] needs ip and hostnames'],
    [{ dnsPolicy: 'None' }, 'spec.dnsConfig.nameservers is empty'],
    [{ annotations: { a: 1 as unknown as string } }, 'metadata.annotations[a] is no text'],
    [{ env: { A: { valueFrom: { secretRef: {} } } } }, 'takes its value from secretRef'],
    [{ env: { 'A=B': 'c' } }, 'is no name of a variable'],
  ] as readonly (readonly [Partial<PodLaunch>, string])[])('%j', (changes, words) => {
    expect(() => podOf(changes)).toThrow(
      expect.objectContaining({ code: 'pod-invalid', message: expect.stringContaining(words) }),
    );
  });

  test.each([
    '/',
    '/kaniko',
    '/kaniko/',
    '/kaniko/x/..',
    '/workspace',
    '/kaniko/ssl/certs',
    '/dev',
    '/usr',
    '/etc',
  ])('no mount over %s', (mountPath) => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    expect(() => podOf({ volumes, volumeMounts: [{ name: 'v', mountPath }] })).toThrow(
      /volumeMounts\[.*\] would (?:hide|keep)/,
    );
  });

  test.each(['/cache', '/kaniko/buildcontext', '/kaniko/keys', '/workspace/sub', '/usr/local/share/ca'])(
    'a mount at %s is fine',
    (mountPath) => {
      const volumes = [{ name: 'v', emptyDir: {} }];
      expect(() => podOf({ volumes, volumeMounts: [{ name: 'v', mountPath }] })).not.toThrow();
    },
  );
});
