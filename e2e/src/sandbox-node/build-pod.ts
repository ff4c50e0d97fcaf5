import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodApi } from './pod-api.ts';

/** A build whose whole context is text files in a config map. */
export interface BuildPod {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Folder with a docker `config.json` that the executor is to have. */
  readonly dockerConfig?: string;
  readonly image?: string;
  readonly container?: object;
  readonly spec?: object;
  readonly volumes?: readonly object[];
  readonly mounts?: readonly object[];
}

const configMount = { name: 'context', mountPath: '/kaniko/.docker/config.json', subPath: 'docker' };

/** Creates the config map and the pod. */
export async function createBuild(api: PodApi, build: BuildPod): Promise<void> {
  const metadata = { name: build.name };
  const { dockerConfig } = build;
  const config =
    dockerConfig === undefined
      ? undefined
      : { docker: await readFile(join(dockerConfig, 'config.json'), 'utf8') };
  const data = { ...build.files, ...config };
  await api.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
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
            ...(config === undefined ? [] : [configMount]),
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
