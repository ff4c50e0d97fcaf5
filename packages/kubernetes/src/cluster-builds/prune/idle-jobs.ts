import type { Remnant } from '@kanikit/spec';
import { labelKeys } from '../../pods/layout/labels.ts';
import { type ObjectMetadata, parseTime } from '../../api/watch/pod-object.ts';
import { formatAge } from './format-age.ts';

/** The Job controller gets this long to make a pod, and after the end to remove the Job. */
const idleMs = 15 * 60_000;

/** The parts of a Job that the driver reads. */
export interface JobObject {
  readonly metadata: ObjectMetadata;
  readonly spec?: { readonly ttlSecondsAfterFinished?: number };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
}

/** Jobs of builds that have no pod: those that ended and were not removed in time. What is still to start has not ended. */
export function idleJobs(
  jobs: readonly JobObject[],
  withPod: ReadonlySet<string>,
  { now, oldest }: { readonly now: number; readonly oldest: number },
): readonly Remnant[] {
  return jobs.flatMap(({ metadata, spec, status }) => {
    const { name, namespace, uid, labels } = metadata;
    const buildId = labels?.[labelKeys.build];
    const createdAt = parseTime(metadata.creationTimestamp);
    if (namespace === undefined || uid === undefined || buildId === undefined || createdAt === undefined)
      return [];
    if (withPod.has(`${namespace}/${name}`) || createdAt > oldest) return [];
    const end = status?.conditions?.find(
      ({ type, status: state }) => state === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    const endedAt = parseTime(end?.lastTransitionTime);
    const ttlMs = (spec?.ttlSecondsAfterFinished ?? 0) * 1000;
    if (endedAt === undefined || now - endedAt < ttlMs + idleMs) return [];
    const reason = `it ended ${formatAge(now - endedAt)} ago, and its pod is gone`;
    return [{ kind: 'job', namespace, name, uid, runId: labels?.[labelKeys.run], buildId, reason }];
  });
}
