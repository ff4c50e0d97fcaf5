import type { PodLaunch } from '@kanikit/spec';
import { type FileEntry, type SecretLayout, splitPath } from './secret-layout.ts';

export interface Mounts {
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly volumeMounts: readonly Readonly<Record<string, unknown>>[];
}

/** Readable by the executor (root) only. */
const fileMode = 0o400;

/**
 * Folders that hold something in the executor's image or that it writes to: a mount over one would hide it (over `/kaniko`, the executor
 * itself), so files in these are mounted one by one.
 */
const keptFolders = new Set([
  '/',
  '/etc',
  '/etc/ssl/certs',
  '/kaniko',
  '/kaniko/ssl',
  '/kaniko/ssl/certs',
  '/root',
  '/workspace',
]);

/** Volumes and mounts for the build's own secret and for an existing registry secret. */
export function planMounts(launch: PodLaunch, layout: SecretLayout, secretName: string): Mounts {
  const volumes: Record<string, unknown>[] = [];
  const volumeMounts: Record<string, unknown>[] = [];
  const folders = Map.groupBy(layout.files, (file) => file.folder);
  for (const [index, [folder, files]] of [...folders].entries()) {
    const name = `kanikit-secret-${index}`;
    volumes.push({ name, secret: { secretName, defaultMode: fileMode, items: items(files) } });
    if (!keptFolders.has(folder)) {
      volumeMounts.push({ name, mountPath: folder, readOnly: true });
      continue;
    }
    for (const { fileName } of files) {
      const mountPath = folder === '/' ? `/${fileName}` : `${folder}/${fileName}`;
      volumeMounts.push({ name, mountPath, subPath: fileName, readOnly: true });
    }
  }
  if (launch.registrySecret !== undefined) {
    const name = 'kanikit-registry';
    volumes.push({
      name,
      secret: {
        secretName: launch.registrySecret.name,
        items: [{ key: '.dockerconfigjson', path: 'config.json' }],
      },
    });
    volumeMounts.push({ name, mountPath: launch.registrySecret.folder, readOnly: true });
  }
  for (const [index, { path, secret: secretName, key }] of (launch.existingSecretFiles ?? []).entries()) {
    const name = `kanikit-existing-${index}`;
    const { folder, fileName } = splitPath(path);
    volumes.push({
      name,
      secret: { secretName, defaultMode: fileMode, items: [{ key, path: fileName }] },
    });
    volumeMounts.push({ name, mountPath: folder, readOnly: true });
  }
  return { volumes, volumeMounts };
}

function items(files: readonly FileEntry[]): readonly Readonly<Record<string, string>>[] {
  return files.map(({ key, fileName }) => ({ key, path: fileName }));
}
