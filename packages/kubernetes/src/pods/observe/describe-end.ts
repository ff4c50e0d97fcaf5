import type { PodResult } from '@kanikit/spec';
import { readCancelled } from '../manifests/cancelled.ts';
import {
  executorState,
  parseTime,
  type PodObject,
  type TerminatedState,
} from '../../api/watch/pod-object.ts';
import { describeWaiting } from './describe-waiting.ts';

/** Reasons of `pod.status.reason` and of the condition `DisruptionTarget` that say who ended the pod. */
const causesByReason: Readonly<Record<string, PodResult['cause']>> = {
  Evicted: 'evicted',
  EvictionByEvictionAPI: 'evicted',
  DeadlineExceeded: 'deadline-exceeded',
  Preempting: 'preempted',
  PreemptionByScheduler: 'preempted',
  DeletionByTaintManager: 'node-lost',
  DeletionByPodGC: 'node-lost',
  NodeLost: 'node-lost',
  NodeShutdown: 'node-lost',
  Shutdown: 'node-lost',
  Terminated: 'node-lost',
  TerminationByKubelet: 'evicted',
};

/** Reasons of a terminated container that never ran its program. */
const startFailures = new Set([
  'StartError',
  'ContainerCannotRun',
  'CreateContainerError',
  'RunContainerError',
]);

/** All that is left in the log of a container whose program is made for another architecture. */
const neverRan = /^\s*(?:standard_init_linux\.go:\d+: )?exec \S+(?: \S+)*: exec format error\s*$/;

/** How a pod ended; undefined while it has not. `isGone`: the object is no longer in the cluster. */
export function describeEnd(pod: PodObject, isGone: boolean): PodResult | undefined {
  const terminated = executorState(pod)?.terminated;
  if (terminated !== undefined) return fromContainer(pod, terminated);
  if (isGone) return fromPod(pod, disruptionCause(pod) ?? 'deleted');
  const phase = pod.status?.phase;
  if (phase !== 'Failed' && phase !== 'Succeeded') return undefined;
  // The kubelet may mark the pod before it has stopped the container, whose exit code is still to come.
  if (executorState(pod)?.running !== undefined) return undefined;
  return fromPod(pod, disruptionCause(pod) ?? (phase === 'Succeeded' ? 'completed' : 'never-started'));
}

/** A build that someone cancelled was deleted by them, however its container went; one that was done before is done. */
function asCancelled(pod: PodObject, result: PodResult): PodResult {
  const cancelled = readCancelled(pod.metadata.annotations ?? {});
  if (cancelled === undefined || result.cause !== 'deleted') return result;
  return { ...result, cause: 'cancelled', reason: 'Cancelled', message: `cancelled by ${cancelled.by}` };
}

/** What the cluster says about a pod that it ends before its time; undefined for none. */
export function disruptionCause(pod: PodObject): PodResult['cause'] | undefined {
  const own = causesByReason[pod.status?.reason ?? ''];
  const disruption = disruptionOf(pod);
  return (
    own ?? (disruption === undefined ? undefined : (causesByReason[disruption.reason ?? ''] ?? 'evicted'))
  );
}

/**
 * Whether the cluster has lost touch with the node of a running pod: it then takes back the condition `Ready` and nothing else (a readiness gate
 * says so in the reason).
 *
 * Source: `MarkPodsNotReady` in https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/controller/util/node/controller_utils.go
 */
export function isNodeSilent(pod: PodObject): boolean {
  const conditionOf = (type: string) => pod.status?.conditions?.find((condition) => condition.type === type);
  const ready = conditionOf('Ready');
  return (
    pod.metadata.deletionTimestamp === undefined &&
    ready?.status === 'False' &&
    (ready.reason ?? '') === '' &&
    conditionOf('ContainersReady')?.status === 'True'
  );
}

/** A result for a pod whose container has no end of its own. */
export function fromPod(pod: PodObject, cause: PodResult['cause']): PodResult {
  const disruption = disruptionOf(pod);
  const state = executorState(pod);
  const waiting = describeWaiting(pod);
  return asCancelled(pod, {
    cause,
    exitCode: undefined,
    reason: pod.status?.reason ?? disruption?.reason ?? waiting?.reason,
    message: pod.status?.message ?? disruption?.message ?? waiting?.message,
    terminationMessage: undefined,
    startedAt: parseTime(state?.running?.startedAt),
    finishedAt: undefined,
  });
}

function fromContainer(pod: PodObject, terminated: TerminatedState): PodResult {
  const finishedAt = parseTime(terminated.finishedAt);
  const disruption = disruptionOf(pod);
  const isOwnWord = terminated.reason !== 'Error' && terminated.reason !== 'Completed';
  return asCancelled(pod, {
    cause: containerCause(pod, terminated, finishedAt),
    exitCode: terminated.exitCode,
    reason: pod.status?.reason ?? disruption?.reason ?? (isOwnWord ? terminated.reason : undefined),
    message: pod.status?.message ?? disruption?.message,
    terminationMessage: terminated.message,
    startedAt: parseTime(terminated.startedAt),
    finishedAt,
  });
}

function containerCause(
  pod: PodObject,
  terminated: TerminatedState,
  finishedAt: number | undefined,
): PodResult['cause'] {
  // A container that did its work is done, whatever came over the pod afterwards.
  if (terminated.exitCode === 0) return 'completed';
  if (terminated.reason === 'OOMKilled') return 'oom-killed';
  if (startFailures.has(terminated.reason ?? '') || neverRan.test(terminated.message ?? ''))
    return 'never-started';
  // A node that comes back from the dead does not know what became of its containers.
  if (terminated.reason === 'ContainerStatusUnknown') return disruptionCause(pod) ?? 'node-lost';
  const disruption = disruptionCause(pod);
  if (disruption !== undefined) return disruption;
  const deletion = parseTime(pod.metadata.deletionTimestamp);
  if (deletion === undefined) return 'completed';
  const askedAt = deletion - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return finishedAt !== undefined && finishedAt < askedAt ? 'completed' : 'deleted';
}

function disruptionOf(
  pod: PodObject,
): { readonly reason?: string | undefined; readonly message?: string | undefined } | undefined {
  return pod.status?.conditions?.find(
    (condition) => condition.type === 'DisruptionTarget' && condition.status === 'True',
  );
}
