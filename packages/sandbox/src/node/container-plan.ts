import { posix } from 'node:path';
import { KanikitError, parseQuantity } from '@kanikit/spec';
import { stripEnd } from '@kanikit/toolkit/text';
import { containerEnvironment, expandVariables } from './container-environment.ts';
import { imageConfig, type WantedExecutor } from './executor-images.ts';
import type { KubernetesObject, ObjectReader } from './pod-runtime.ts';
import type { ContainerSpec, PodSpec, SecurityContext, VolumeMount } from './pod-spec.ts';

/** Everything about one container that does not depend on this machine. */
export interface ContainerPlan {
  readonly name: string;
  readonly hostname: string;
  /** Program and arguments, variables expanded. */
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly env: ReadonlyMap<string, string>;
  readonly mounts: readonly VolumeMount[];
  readonly terminationMessagePath: string;
  readonly terminationMessagePolicy: string;
  readonly memoryLimitBytes: number | undefined;
  readonly cpuLimit: number | undefined;
  readonly security: SecurityContext;
  readonly supplementalGroups: readonly number[];
  /** The pod's spec, for what its files of the network hold. */
  readonly network: PodSpec;
}

/** Resolves a container's settings. Throws `container-config` in the kubelet's words when a secret or config map it needs is missing. */
export function planContainer(
  pod: KubernetesObject,
  kind: WantedExecutor['kind'],
  objects: ObjectReader,
  podIp: string,
  programEnv: Readonly<Record<string, string>> = {},
): ContainerPlan {
  const spec = pod['spec'] as PodSpec;
  const container = spec.containers[0] as ContainerSpec;
  const image = imageConfig(kind);
  const hostname = stripEnd((spec.hostname ?? pod.metadata.name).slice(0, 63), '.-');
  const env = containerEnvironment({
    pod,
    container,
    objects,
    podIp,
    // `container=kube` tells the executor that it is in one; a mount table without an overlay would not.
    imageEnv: { ...image.env, ...programEnv, HOSTNAME: hostname, container: 'kube' },
  });
  const expand = (text: string): string => expandVariables(text, env);
  const limits = container.resources?.limits;
  return {
    name: container.name,
    hostname,
    command: [
      ...(container.command?.length ? container.command : image.entrypoint),
      ...(container.args ?? []),
    ].map(expand),
    workingDir: inContainer(container.workingDir || image.workingDir),
    env,
    mounts: sortedMounts((container.volumeMounts ?? []).map((mount) => withSubPath(mount, container, env))),
    terminationMessagePath: inContainer(container.terminationMessagePath || '/dev/termination-log'),
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    memoryLimitBytes: parseQuantity(limits?.['memory']),
    cpuLimit: parseQuantity(limits?.['cpu']),
    security: { ...spec.securityContext, ...container.securityContext },
    supplementalGroups: spec.securityContext?.supplementalGroups ?? [],
    network: spec,
  };
}

/** No path leads out of a container: `..` at its root is its root, as for a program in it. */
function inContainer(path: string): string {
  return posix.resolve('/', path);
}

/** Throws `container-config` in the kubelet's words. */
function withSubPath(
  mount: VolumeMount,
  container: ContainerSpec,
  env: ReadonlyMap<string, string>,
): VolumeMount {
  const { subPathExpr, ...plain } = mount;
  const subPath = subPathExpr ? expandVariables(subPathExpr, env) : mount.subPath;
  if (!subPath) return plain;
  if (posix.isAbsolute(subPath) || subPath.split('/').includes('..'))
    throw new KanikitError({
      code: 'container-config',
      message: `unable to provision SubPath \`${subPath}\` for volumeMount "${mount.name}" of container "${container.name}"`,
    });
  return { ...plain, subPath };
}

/** Parents before children, as a container runtime mounts them. */
function sortedMounts(mounts: readonly VolumeMount[]): readonly VolumeMount[] {
  const normal = mounts.map((mount) => ({
    ...mount,
    mountPath: inContainer(mount.mountPath),
  }));
  return normal.toSorted((a, b) => a.mountPath.split('/').length - b.mountPath.split('/').length);
}
