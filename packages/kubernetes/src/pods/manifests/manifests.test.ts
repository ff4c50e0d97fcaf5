import { describe, expect, test } from 'vitest';
import type { Manifest } from '@kanikit/spec';
import { createCluster } from '../../create-cluster.ts';
import { sampleLaunch } from '../../testing/launches.ts';

const cluster = createCluster({
  kind: 'kubeconfig',
  name: 'c',
  server: 'https://127.0.0.1:1',
  namespace: 'builds',
});

interface PodSpec {
  readonly containers: readonly [Readonly<Record<string, unknown>>];
  readonly volumes?: readonly unknown[];
  readonly [field: string]: unknown;
}

const specOf = (manifest: Manifest | undefined): PodSpec => manifest?.['spec'] as PodSpec;

describe('manifests', () => {
  test('the pod is what Kaniko needs, and no more', () => {
    const [pod] = cluster.manifests(
      sampleLaunch({
        isStdinUsed: true,
        limits: { memory: '2Gi', ephemeralStorage: '10Gi' },
        requests: { cpu: '500m' },
        nodeSelector: { 'kubernetes.io/arch': 'arm64' },
        imagePullSecrets: ['pull'],
        annotations: { 'example.com/a': 'b' },
        labels: { team: 'x', 'app.kubernetes.io/managed-by': 'someone' },
        attempt: 2,
      }),
      { isRedacted: false },
    );
    expect(pod?.['metadata']).toMatchObject({
      name: 'build-1',
      namespace: 'builds',
      labels: {
        team: 'x',
        'app.kubernetes.io/managed-by': 'kanikit',
        'kanikit.dev/run': 'r1',
        'kanikit.dev/build': 'b1',
        'kanikit.dev/attempt': '2',
      },
      annotations: { 'example.com/a': 'b' },
    });
    expect(specOf(pod)).toEqual({
      restartPolicy: 'Never',
      activeDeadlineSeconds: 3600,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      imagePullSecrets: [{ name: 'pull' }],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'kanikit' } },
        },
      ],
      containers: [
        {
          name: 'kaniko',
          image: 'registry.example.com/kaniko:1',
          args: ['--dockerfile=Dockerfile'],
          env: [
            { name: 'LANG', value: 'C' },
            {
              name: 'CONTEXT_URL',
              valueFrom: { secretKeyRef: { name: 'build-1', key: 'env-0.CONTEXT_URL' } },
            },
          ],
          resources: { requests: { cpu: '500m' }, limits: { memory: '2Gi', 'ephemeral-storage': '10Gi' } },
          stdin: true,
          stdinOnce: true,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: { runAsUser: 0, allowPrivilegeEscalation: false },
          volumeMounts: [{ name: 'kanikit-secret-0', mountPath: '/kaniko/.docker', readOnly: true }],
        },
      ],
      volumes: [
        {
          name: 'kanikit-secret-0',
          secret: {
            secretName: 'build-1',
            defaultMode: 0o400,
            items: [{ key: 'file-0.config.json', path: 'config.json' }],
          },
        },
      ],
    });
  });

  test("the tutorials' seed manifest", () => {
    const args = ['--dockerfile=Dockerfile', '--context=git://github.com/acme/app', '--destination=acme/app'];
    const manifests = cluster.manifests(
      sampleLaunch({
        name: 'kaniko',
        args,
        env: {},
        secretEnv: {},
        secretFiles: [],
        registrySecret: { name: 'dockercred', folder: '/kaniko/.docker' },
      }),
      { isRedacted: false },
    );
    expect(manifests).toHaveLength(1);
    expect(specOf(manifests[0])).toMatchObject({
      restartPolicy: 'Never',
      containers: [
        { args, volumeMounts: [{ name: 'kanikit-registry', mountPath: '/kaniko/.docker', readOnly: true }] },
      ],
      volumes: [
        {
          name: 'kanikit-registry',
          secret: { secretName: 'dockercred', items: [{ key: '.dockerconfigjson', path: 'config.json' }] },
        },
      ],
    });
  });

  test('no folder of the executor is hidden by a mount', () => {
    const [pod] = cluster.manifests(
      sampleLaunch({
        secretFiles: [
          { path: '/kaniko/.docker/config.json', content: 'a' },
          { path: '/kaniko/key.json', content: 'b' },
          { path: '/kaniko/ssl/certs/extra.crt', content: 'c' },
          { path: '/kaniko/.docker/more.json', content: 'd' },
        ],
      }),
      { isRedacted: false },
    );
    expect(specOf(pod).containers[0]['volumeMounts']).toEqual([
      { name: 'kanikit-secret-0', mountPath: '/kaniko/.docker', readOnly: true },
      { name: 'kanikit-secret-1', mountPath: '/kaniko/key.json', subPath: 'key.json', readOnly: true },
      {
        name: 'kanikit-secret-2',
        mountPath: '/kaniko/ssl/certs/extra.crt',
        subPath: 'extra.crt',
        readOnly: true,
      },
    ]);
  });

  test('printed manifests hold no secret value', () => {
    const secrets = ['https://bucket.example.com/?signature=s3cr3t', '{"auths":{}}'];
    const hidden = JSON.stringify(cluster.manifests(sampleLaunch(), { isRedacted: true }));
    const shown = JSON.stringify(cluster.manifests(sampleLaunch(), { isRedacted: false }));
    for (const secret of secrets) {
      expect(hidden).not.toContain(secret);
      expect(hidden).not.toContain(Buffer.from(secret).toString('base64'));
      expect(shown).toContain(Buffer.from(secret).toString('base64'));
    }
  });

  test.each([
    [{ name: 'Upper' }, 'Upper'],
    [{ name: 'a'.repeat(64) }, 'aaa'],
    [{ buildId: 'no spaces' }, 'no spaces'],
    [{ labels: { x: 'ü' } }, 'ü'],
    [{ secretFiles: [{ path: 'relative', content: '' }] }, 'relative'],
    [{ secretFiles: [{ path: '/a/../b', content: '' }] }, '/a/../b'],
  ])('%j is refused before anything is sent', (changes, words) => {
    expect(() => cluster.manifests(sampleLaunch(changes), { isRedacted: false })).toThrow(words);
  });
});
