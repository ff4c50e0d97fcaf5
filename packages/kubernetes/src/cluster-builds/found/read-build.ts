import type { FoundBuild, FoundPhase } from '@kanikit/spec';
import { readAbout, readSeconds } from '../../pods/manifests/about-annotations.ts';
import { readCancelled } from '../../pods/manifests/cancelled.ts';
import { annotationKeys, labelKeys } from '../../pods/layout/labels.ts';
import { describeEnd } from '../../pods/observe/describe-end.ts';
import { describeWaiting } from '../../pods/observe/describe-waiting.ts';
import {
  executorContainer,
  executorState,
  jobOf,
  parseTime,
  type PodObject,
} from '../../api/watch/pod-object.ts';
import { clientLife, type LeaseTimes } from './client-life.ts';

/** What a pod says of its build; undefined where it is none of kanikit's. */
export function readBuild(
  pod: PodObject,
  leases: LeaseTimes | undefined,
  now: number,
): FoundBuild | undefined {
  const { name, namespace, uid, labels = {}, annotations = {} } = pod.metadata;
  const runId = labels[labelKeys.run];
  const buildId = labels[labelKeys.build];
  if (runId === undefined || buildId === undefined || namespace === undefined || uid === undefined)
    return undefined;
  const { ownership, heardAt } = clientLife(pod, leases, now);
  const container = pod.spec?.containers?.find((candidate) => candidate.name === executorContainer);
  const createdAt = parseTime(pod.metadata.creationTimestamp) ?? now;
  const state = executorState(pod);
  const startedAt = parseTime((state?.running ?? state?.terminated)?.startedAt);
  const deadlineSeconds = pod.spec?.activeDeadlineSeconds;
  const phase = phaseOf(pod);
  const endedAt = phase.state === 'ended' ? (phase.result.finishedAt ?? endOf(pod)) : undefined;
  return {
    runId,
    buildId,
    namespace,
    pod: name,
    podUid: uid,
    job: jobOf(pod)?.name,
    about: readAbout(annotations),
    image: container?.image ?? '',
    args: container?.args ?? [],
    node: pod.spec?.nodeName === '' ? undefined : pod.spec?.nodeName,
    phase,
    createdAt,
    startedAt,
    endedAt,
    deadlineAt:
      deadlineSeconds === undefined
        ? undefined
        : (parseTime(pod.status?.startTime) ?? createdAt) + deadlineSeconds * 1000,
    ownership,
    owner: annotations[annotationKeys.owner],
    heardAt,
    keepUntil: keepUntil(annotations, phase, endedAt),
    cancelled: readCancelled(annotations),
    secrets: secretsOf(pod),
  };
}

function phaseOf(pod: PodObject): FoundPhase {
  const result = describeEnd(pod, false);
  if (result !== undefined) return { state: 'ended', result };
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'stopping' };
  if (executorState(pod)?.running !== undefined) return { state: 'running' };
  const waiting = describeWaiting(pod);
  return { state: 'pending', reason: waiting?.reason, message: waiting?.message };
}

/** When the cluster ended a pod whose container tells no time: its last change. */
function endOf(pod: PodObject): number | undefined {
  const times = (pod.status?.conditions ?? []).map(({ lastTransitionTime }) => parseTime(lastTransitionTime));
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function keepUntil(
  annotations: Readonly<Record<string, string>>,
  phase: FoundPhase,
  endedAt: number | undefined,
): number | undefined {
  if (phase.state !== 'ended' || endedAt === undefined) return undefined;
  const isFailed = phase.result.cause !== 'completed' || phase.result.exitCode !== 0;
  const seconds = [
    annotations[annotationKeys.keepEnded],
    ...(isFailed ? [annotations[annotationKeys.keepFailed]] : []),
  ]
    .map(readSeconds)
    .filter((value) => value !== undefined);
  return seconds.length === 0 ? undefined : endedAt + Math.max(...seconds) * 1000;
}

function secretsOf(pod: PodObject): readonly string[] {
  const mounted = (pod.spec?.volumes ?? []).map(({ secret }) => secret?.secretName);
  const containers = pod.spec?.containers ?? [];
  const read = containers.flatMap(({ env = [] }) =>
    env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
  );
  return [...new Set([...mounted, ...read].filter((name) => name !== undefined))];
}
