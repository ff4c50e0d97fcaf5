import { type ClusterWords, plainWords } from '../../explain/rule.ts';
import { executorState, type PodObject, type TerminatedState } from '../../api/watch/pod-object.ts';

/** Why a pod does not run yet, in the cluster's words. */
export type Waiting = ClusterWords;

/** Reasons of a waiting container that say nothing but "not yet". */
const plainReasons = new Set(['ContainerCreating', 'PodInitializing']);

/** Why the executor does not run; undefined when it does or did, or the cluster says nothing. */
export function describeWaiting(pod: PodObject): Waiting | undefined {
  const state = executorState(pod);
  if (state?.running !== undefined || state?.terminated !== undefined) return undefined;
  const unscheduled = pod.status?.conditions?.find(
    (condition) => condition.type === 'PodScheduled' && condition.status !== 'True',
  );
  if (unscheduled?.reason !== undefined) {
    return { reason: unscheduled.reason, message: unscheduled.message ?? '' };
  }
  if (state?.waiting?.reason !== undefined && !plainReasons.has(state.waiting.reason)) {
    return { reason: state.waiting.reason, message: state.waiting.message ?? '' };
  }
  return initWaiting(pod) ?? plain(state?.waiting);
}

/** Init containers and native sidecars are put into the pod by others, so they are named. */
function initWaiting(pod: PodObject): Waiting | undefined {
  for (const { name, state } of pod.status?.initContainerStatuses ?? []) {
    const waiting = state?.waiting;
    if (waiting?.reason !== undefined && !plainReasons.has(waiting.reason)) {
      return {
        reason: waiting.reason,
        message: `init container ${name}: ${waiting.message ?? waiting.reason}`,
      };
    }
    if (state?.terminated !== undefined && state.terminated.exitCode !== 0) {
      return {
        reason: isSidecar(pod, name) ? 'SidecarFailed' : 'InitContainerFailed',
        message: [
          `init container ${name} ended with exit code ${state.terminated.exitCode}`,
          lastWords(state.terminated),
        ]
          .filter(Boolean)
          .join(': '),
      };
    }
  }
  return undefined;
}

/** A sidecar that ended is started again. */
function isSidecar(pod: PodObject, name: string): boolean {
  return pod.spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
}

function lastWords({ reason, message }: TerminatedState): string {
  const own = reason === 'Error' ? undefined : reason;
  const [line] = plainWords(message ?? '')
    .split('\n')
    .slice(-1);
  return [own, line].filter(Boolean).join(', ');
}

function plain(
  waiting: { readonly reason?: string; readonly message?: string } | undefined,
): Waiting | undefined {
  if (waiting?.reason === undefined) return undefined;
  return { reason: waiting.reason, message: waiting.message ?? '' };
}

/** How long each reason may last before waiting is given up; the others may last as long as the pod's deadline. */
export interface WaitingLimits {
  /** Reasons that no time heals: `InvalidImageName`, `ErrImageNeverPull`. @default 2,000 ms */
  readonly hopelessMs: number;
  /** The registry says that the image is not there or may not be read. Lets the kubelet try twice. @default 15,000 ms */
  readonly imageRefusedMs: number;
  /** A secret, config map or key that the pod asks for is not there. @default 30,000 ms */
  readonly configurationMs: number;
  /** Other failures to pull the image or to set the container up. @default 120,000 ms */
  readonly unlikelyMs: number;
}

export const defaultWaitingLimits: WaitingLimits = {
  hopelessMs: 2_000,
  imageRefusedMs: 15_000,
  configurationMs: 30_000,
  unlikelyMs: 120_000,
};

const refusal =
  /not found|manifest unknown|name unknown|does not exist|unauthori[sz]ed|authentication required|denied|forbidden/i;

/** How long this reason may last, in milliseconds; undefined where it may heal (no room on the nodes, for one). */
export function waitingLimit(waiting: Waiting, limits: WaitingLimits): number | undefined {
  switch (waiting.reason) {
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
    case 'InitContainerFailed':
      return limits.hopelessMs;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return refusal.test(waiting.message) ? limits.imageRefusedMs : limits.unlikelyMs;
    case 'FailedCreatePodSandBox':
      return /no runtime for|RuntimeHandler .{0,300} not supported/i.test(waiting.message)
        ? limits.configurationMs
        : limits.unlikelyMs;
    case 'ImageInspectError':
    case 'RegistryUnavailable':
    case 'SignatureValidationFailed':
      return limits.unlikelyMs;
    case 'Provided':
      return limits.configurationMs;
    case 'CreateContainerConfigError':
    case 'FailedMount':
      return /not found|couldn't find key/i.test(waiting.message)
        ? limits.configurationMs
        : limits.unlikelyMs;
    case 'CreateContainerError':
    case 'RunContainerError':
      return limits.unlikelyMs;
    default:
      return undefined;
  }
}
