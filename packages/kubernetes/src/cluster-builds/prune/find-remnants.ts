import type { FoundBuild, FoundRemnants, Problem, Remnant, RemnantQuery, RunContext } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { findBuilds } from '../found/find-builds.ts';
import { type Collection, collections, listOwn } from '../found/list-objects.ts';
import { type LeaseObject, leaseTime } from '../heartbeat/lease.ts';
import { labelKeys } from '../../pods/layout/labels.ts';
import { jobOf, type ObjectMetadata } from '../../api/watch/pod-object.ts';
import { idleJobs, type JobObject } from './idle-jobs.ts';
import { looseSecrets, spentSecrets } from './loose-secrets.ts';
import { whyPodMayGo } from './why-pod-may-go.ts';
import { formatAge } from './format-age.ts';

/** Everything in the cluster that nobody needs any longer, judged by the server's clock. */
export async function findRemnants(
  client: ApiClient,
  query: RemnantQuery & { readonly ownNamespace: string },
  run: RunContext,
): Promise<FoundRemnants> {
  const problems: Problem[] = [];
  const listed = await findBuilds(client, query, run);
  problems.push(...listed.problems);
  const list = async <T>(
    collection: Collection,
    isMetadataOnly = false,
  ): Promise<readonly T[] | undefined> => {
    try {
      return await listOwn<T>(client, collection, { ...query, isMetadataOnly }, run.signal);
    } catch (error) {
      // Without a right to look, what is there stays; 404: a cluster without this kind of object.
      if (!hasStatus(error, 403) && !hasStatus(error, 404)) throw error;
      problems.push({ code: error.code, message: `${error.message}; they stay.`, hint: error.hint });
      return undefined;
    }
  };
  const [secrets = [], knownJobs, leases = []] = await Promise.all([
    list<{ readonly metadata: ObjectMetadata }>(collections.secret, true),
    list<JobObject>(collections.job),
    listed.leases === undefined ? [] : list<LeaseObject>(collections.lease),
  ]);
  const jobs = knownJobs ?? [];
  const now = run.now() + client.clockOffsetMs();
  const oldest = now - (query.olderThanMs ?? 0);
  const judged = listed.builds.map(({ build, pod }) => ({
    build,
    pod,
    reason:
      build.createdAt > oldest
        ? undefined
        : whyPodMayGo(build, { now, isAllEnded: query.isAllEnded ?? false }),
  }));
  const staying = judged.filter(({ reason }) => reason === undefined);
  const uids = new Set([
    ...listed.builds.map(({ build }) => build.podUid),
    ...jobs.map(({ metadata }) => metadata.uid ?? ''),
  ]);
  const jobsOfPods = new Set(
    listed.builds.map(({ build, pod }) => `${build.namespace}/${jobOf(pod)?.name ?? ''}`),
  );
  // Whoever makes a pod may have it name a Job of others: what a build that stays has a part in, stays.
  const needed = new Set(staying.flatMap(({ pod }) => jobOf(pod)?.uid ?? []));
  const remnants: Remnant[] = [];
  for (const { build, pod, reason } of judged) {
    if (reason === undefined) continue;
    const of = { namespace: build.namespace, runId: build.runId, buildId: build.buildId, reason };
    const job = jobs.find(({ metadata }) => {
      const isNamed = metadata.namespace === build.namespace && metadata.uid === jobOf(pod)?.uid;
      return isNamed && isOfBuild(metadata, build) && !needed.has(metadata.uid ?? '');
    });
    // The Job first: it would count the end of its pod as a failure.
    if (job !== undefined)
      remnants.push({ ...of, kind: 'job', name: job.metadata.name, uid: job.metadata.uid ?? '' });
    remnants.push({ ...of, kind: 'pod', name: build.pod, uid: build.podUid });
  }
  remnants.push(
    ...idleJobs(jobs, jobsOfPods, { now, oldest }),
    ...looseSecrets(
      secrets.map(({ metadata }) => metadata),
      uids,
      { now, oldest, isJobKnown: knownJobs !== undefined },
    ),
    ...spentSecrets(
      secrets.map(({ metadata }) => metadata),
      staying,
    ),
    ...leases.flatMap((lease) => deadLease(lease, now, oldest)),
  );
  return { remnants, neededRuns: [...new Set(staying.map(({ build }) => build.runId))], problems };
}

/** Whether an object has the labels of a build. */
function isOfBuild({ labels }: ObjectMetadata, { runId, buildId }: FoundBuild): boolean {
  return labels?.[labelKeys.run] === runId && labels[labelKeys.build] === buildId;
}

function deadLease(lease: LeaseObject, now: number, oldest: number): readonly Remnant[] {
  const { name, namespace, uid } = lease.metadata;
  const seconds = lease.spec?.leaseDurationSeconds;
  const heardAt = leaseTime(lease);
  if (namespace === undefined || uid === undefined || seconds === undefined || heardAt === undefined)
    return [];
  if (now - heardAt < seconds * 1000 || heardAt > oldest) return [];
  const reason = `its client was last heard of ${formatAge(now - heardAt)} ago`;
  return [{ kind: 'lease', namespace, name, uid, runId: undefined, buildId: undefined, reason }];
}
