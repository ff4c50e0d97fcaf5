import type { PodApi } from './pod-api.ts';

/** A build whose whole context is text files in a config map. */
export interface BuildPod {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly image?: string;
  readonly container?: object;
  readonly spec?: object;
  readonly volumes?: readonly object[];
  readonly mounts?: readonly object[];
}

/** Creates the config map and the pod. */
export async function createBuild(api: PodApi, build: BuildPod): Promise<void> {
  const metadata = { name: build.name };
  await api.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: build.files });
  await api.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'kaniko',
          image: build.image ?? 'gcr.io/kaniko-project/executor:v1.24.0',
          args: ['--context=dir:///context', '--log-format=text', ...build.args],
          // Kaniko skips links when it copies, and a config map's files are links: subPath mounts are the files themselves.
          volumeMounts: [
            ...Object.keys(build.files).map((file) => ({
              name: 'context',
              mountPath: `/context/${file}`,
              subPath: file,
            })),
            ...(build.mounts ?? []),
          ],
          ...build.container,
        },
      ],
      volumes: [
        { name: 'context', configMap: { name: build.name, defaultMode: 0o755 } },
        ...(build.volumes ?? []),
      ],
      ...build.spec,
    },
  });
}
