import type { KubernetesObject, PodSettings } from '@kanikit/spec';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

/** What a kind of volume is in the Kubernetes API; undefined where a name is needed and missing. */
const sources: Readonly<Record<string, (name: string) => KubernetesObject | undefined>> = {
  pvc: (name) => named(name, { persistentVolumeClaim: { claimName: name } }),
  secret: (name) => named(name, { secret: { secretName: name } }),
  configmap: (name) => named(name, { configMap: { name } }),
  hostpath: (name) => named(name, { hostPath: { path: name } }),
  emptydir: (size) => ({ emptyDir: size === '' ? {} : { sizeLimit: size } }),
};

/**
 * Reads `pvc=NAME:/path[:ro]` and the like. Two mounts of the same source share one volume.
 *
 * @throws KanikitError `usage`
 */
export function mountedVolumes(flags: readonly string[]): Pick<PodSettings, 'volumes' | 'volumeMounts'> {
  const names = new Map<string, string>();
  const volumes: KubernetesObject[] = [];
  const volumeMounts: KubernetesObject[] = [];
  for (const flag of flags) {
    const { text, source, mountPath, isReadOnly } = parse(flag);
    const isOwn = text.startsWith('emptydir');
    const name = (isOwn ? undefined : names.get(text)) ?? `volume-${volumes.length}`;
    if (!volumes.some((volume) => volume['name'] === name)) volumes.push({ name, ...source });
    names.set(text, name);
    volumeMounts.push({ name, mountPath, ...(isReadOnly ? { readOnly: true } : {}) });
  }
  return flags.length === 0 ? {} : { volumes, volumeMounts };
}

function parse(flag: string): {
  readonly text: string;
  readonly source: KubernetesObject;
  readonly mountPath: string;
  readonly isReadOnly: boolean;
} {
  const [text = '', mountPath = '', mode, ...rest] = flag.split(':');
  const [kind = '', name = ''] = text.split(/=(.*)/s);
  const source = Object.hasOwn(sources, kind) ? sources[kind]?.(name) : undefined;
  const isMode = mode === undefined || mode === 'ro' || mode === 'rw';
  if (source === undefined || !mountPath.startsWith('/') || !isMode || rest.length > 0)
    throw usageError(
      `--volume takes SOURCE:PATH[:ro], got ${quoted(flag)}.`,
      'SOURCE is pvc=NAME, secret=NAME, configmap=NAME, emptydir, emptydir=SIZE or hostpath=PATH; other kinds of volumes go into a --pod-template.',
    );
  return { text, source, mountPath, isReadOnly: mode === 'ro' };
}

function named(name: string, source: KubernetesObject): KubernetesObject | undefined {
  return name === '' ? undefined : source;
}
