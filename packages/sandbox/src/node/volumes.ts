import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { KanikitError, parseQuantity } from '@kanikit/spec';
import { objectData, readField } from './container-environment.ts';
import type { KubernetesObject, ObjectReader } from './pod-runtime.ts';
import { readResource } from './resource-field.ts';
import type { DownwardItem, FileSource, PodSpec, VolumeSpec } from './pod-spec.ts';

/** A volume with its contents in a folder of the pod. */
export interface PreparedVolume {
  readonly name: string;
  readonly folder: string;
  readonly readOnly: boolean;
  /** Set for `medium: Memory`: mounted as a tmpfs of this size in the container's own namespace. */
  readonly memorySizeBytes: number | undefined;
  /** `sizeLimit` of an emptyDir on disk. */
  readonly sizeLimitBytes: number | undefined;
}

interface VolumeFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly mode: number;
}

const defaultFileMode = 0o644;
/** What an emptyDir in memory may hold without a `sizeLimit`, or with 0; a real node gives half of its memory. */
const defaultMemoryBytes = 2 ** 30;

/**
 * Writes the volumes of a pod below `folder`. Throws `volume-mount` in the kubelet's words when a secret or config map is missing; may be called
 * again then.
 */
export async function prepareVolumes(
  pod: KubernetesObject,
  objects: ObjectReader,
  folder: string,
  podIp: string,
): Promise<ReadonlyMap<string, PreparedVolume>> {
  const prepared = new Map<string, PreparedVolume>();
  for (const volume of (pod['spec'] as PodSpec).volumes ?? []) {
    const target = join(folder, volume.name);
    const files = volumeFiles(volume, pod, objects, podIp);
    await mkdir(target, { recursive: true });
    // An emptyDir is open to every user, as the kubelet makes it.
    await chmod(target, files === undefined ? 0o777 : 0o755);
    if (files !== undefined) await writeFiles(target, files);
    prepared.set(volume.name, {
      name: volume.name,
      folder: target,
      readOnly: files !== undefined,
      memorySizeBytes:
        volume.emptyDir?.medium === 'Memory'
          ? Math.round(parseQuantity(volume.emptyDir.sizeLimit) || defaultMemoryBytes)
          : undefined,
      sizeLimitBytes: parseQuantity(volume.emptyDir?.sizeLimit),
    });
  }
  return prepared;
}

/** Undefined for an emptyDir (also the kind of a volume that names none). */
function volumeFiles(
  volume: VolumeSpec,
  pod: KubernetesObject,
  objects: ObjectReader,
  podIp: string,
): readonly VolumeFile[] | undefined {
  const read = (kind: 'secrets' | 'configmaps', source: FileSource, mode: number | undefined): VolumeFile[] =>
    sourceFiles(kind, source, mode, { volume: volume.name, pod, objects });
  if (volume.secret) return read('secrets', volume.secret, volume.secret.defaultMode);
  if (volume.configMap) return read('configmaps', volume.configMap, volume.configMap.defaultMode);
  if (volume.downwardAPI) {
    const { items = [], defaultMode } = volume.downwardAPI;
    return items.map((item) => downwardFile(item, defaultMode, pod, podIp));
  }
  if (volume.projected === undefined) return undefined;
  const mode = volume.projected.defaultMode;
  return (volume.projected.sources ?? []).flatMap((source) => {
    if (source.secret) return read('secrets', source.secret, mode);
    if (source.configMap) return read('configmaps', source.configMap, mode);
    if (source.serviceAccountToken) {
      const bytes = Buffer.from('kanikit-sandbox-service-account-token');
      return [{ path: source.serviceAccountToken.path, bytes, mode: 0o600 }];
    }
    return (source.downwardAPI?.items ?? []).map((item) => downwardFile(item, mode, pod, podIp));
  });
}

/** In files all labels or annotations can be had, too: one a line, the values as Go quotes them. */
function fileOfField(path: string, pod: KubernetesObject, podIp: string): string {
  const [, field] = /^metadata\.(labels|annotations)$/.exec(path) ?? [];
  if (field === undefined) return readField(path, pod, podIp);
  const entries = Object.entries((pod.metadata[field] as Record<string, string> | undefined) ?? {});
  return entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join('\n');
}

function downwardFile(
  item: DownwardItem,
  mode: number | undefined,
  pod: KubernetesObject,
  podIp: string,
): VolumeFile {
  const text =
    item.fieldRef !== undefined
      ? fileOfField(item.fieldRef.fieldPath, pod, podIp)
      : item.resourceFieldRef === undefined
        ? ''
        : readResource(item.resourceFieldRef, pod['spec'] as PodSpec);
  return { path: item.path, bytes: Buffer.from(text), mode: item.mode ?? mode ?? defaultFileMode };
}

function sourceFiles(
  kind: 'secrets' | 'configmaps',
  source: FileSource,
  defaultMode: number | undefined,
  where: { readonly volume: string; readonly pod: KubernetesObject; readonly objects: ObjectReader },
): VolumeFile[] {
  const name = source.secretName ?? source.name ?? '';
  const object = where.objects.read(kind, where.pod.metadata.namespace ?? 'default', name);
  const word = kind === 'secrets' ? 'secret' : 'configmap';
  if (object === undefined) {
    if (source.optional) return [];
    throw mountError(where.volume, `${word} "${name}" not found`);
  }
  const data = objectData(kind, object);
  const mode = defaultMode ?? defaultFileMode;
  if (source.items === undefined) return [...data].map(([path, bytes]) => ({ path, bytes, mode }));
  return source.items.flatMap((item) => {
    const bytes = data.get(item.key);
    if (bytes !== undefined) return [{ path: item.path, bytes, mode: item.mode ?? mode }];
    if (source.optional) return [];
    const kindWord = kind === 'secrets' ? 'secret' : 'config';
    throw mountError(where.volume, `references non-existent ${kindWord} key: ${item.key}`);
  });
}

/** The kubelet's layout: real files in a dated folder, `..data` linking to it, names linking through `..data`. */
async function writeFiles(target: string, files: readonly VolumeFile[]): Promise<void> {
  const dated = '..2026_01_01_00_00_00.0000000001';
  await mkdir(join(target, dated), { recursive: true });
  await linkOnce(dated, join(target, '..data'));
  for (const file of files) {
    const path = normalize(file.path);
    if (path.startsWith('..') || path.startsWith('/'))
      throw mountError(target, `invalid path "${file.path}"`);
    const real = join(target, dated, path);
    await mkdir(dirname(real), { recursive: true });
    await writeFile(real, file.bytes);
    await chmod(real, file.mode);
    const first = path.split('/')[0] ?? path;
    await linkOnce(join('..data', first), join(target, first));
  }
}

async function linkOnce(to: string, path: string): Promise<void> {
  try {
    await symlink(to, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function mountError(volume: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'volume-mount',
    message: `MountVolume.SetUp failed for volume "${volume}" : ${reason}`,
  });
}
