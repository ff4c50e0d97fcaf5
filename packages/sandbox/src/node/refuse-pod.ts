import type { PodSpec, VolumeSpec } from './pod-spec.ts';

const volumeKinds = new Set(['name', 'emptyDir', 'secret', 'configMap', 'projected']);

/** Why this node cannot run a pod at all, for the pod's status; undefined when it can. A real kubelet rejects at admission like this. */
export function refusePod(spec: PodSpec): string | undefined {
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0 || (spec.initContainers?.length ?? 0) > 0) {
    return 'the sandbox runs pods of one container, without init containers';
  }
  if (spec.hostPID || spec.hostIPC) return 'the sandbox shares no host processes or IPC (hostPID, hostIPC)';
  if (spec.hostUsers === false)
    return 'the sandbox gives pods no user namespace of their own (hostUsers: false)';
  if (container.tty) return 'the sandbox offers no terminal (tty: true)';
  const security = { ...spec.securityContext, ...container.securityContext };
  if (security.privileged) return 'the sandbox runs no privileged containers';
  if (security.runAsNonRoot && !security.runAsUser) return 'the executor image runs as root (runAsNonRoot)';
  const volume = spec.volumes?.find((candidate) => unknownKind(candidate) !== undefined);
  if (volume !== undefined) {
    return `volume "${volume.name}" is of a kind the sandbox does not mount (${unknownKind(volume)})`;
  }
  return undefined;
}

function unknownKind(volume: VolumeSpec): string | undefined {
  return Object.keys(volume).find((key) => !volumeKinds.has(key));
}
