import type { FoundBuild, Remnant } from '@kanikit/spec';
import { labelKeys } from '../../pods/layout/labels.ts';
import { jobOf, type ObjectMetadata, parseTime, type PodObject } from '../../api/watch/pod-object.ts';
import { formatAge } from './format-age.ts';

/** A secret is created within seconds of its pod, and its pod's end takes it along; the cluster's collector has minutes. */
const looseMs = 15 * 60_000;

/** Secrets of builds whose owner is not there, judged by their metadata. */
export function looseSecrets(
  secrets: readonly ObjectMetadata[],
  owners: ReadonlySet<string>,
  {
    now,
    oldest,
    isJobKnown,
  }: { readonly now: number; readonly oldest: number; readonly isJobKnown: boolean },
): readonly Remnant[] {
  return secrets.flatMap(({ name, namespace, uid, creationTimestamp, labels, ownerReferences = [] }) => {
    const buildId = labels?.[labelKeys.build];
    const createdAt = parseTime(creationTimestamp);
    if (namespace === undefined || uid === undefined || buildId === undefined || createdAt === undefined)
      return [];
    const isOwned = ownerReferences.some(
      ({ kind, uid: owner }) => owners.has(owner) || (kind === 'Job' && !isJobKnown),
    );
    if (isOwned) return [];
    if (now - createdAt < looseMs || createdAt > oldest) return [];
    const reason = `it is ${formatAge(now - createdAt)} old, and its build is gone`;
    return [{ kind: 'secret', namespace, name, uid, runId: labels?.[labelKeys.run], buildId, reason }];
  });
}

/** Secrets of builds that ended and are kept to be looked at: credentials are of no use to them any longer. */
export function spentSecrets(
  secrets: readonly ObjectMetadata[],
  staying: readonly { readonly build: FoundBuild; readonly pod: PodObject }[],
): readonly Remnant[] {
  const isOver = ({ phase, ownership }: FoundBuild): boolean =>
    phase.state === 'ended' && ownership !== 'alive';
  const owners = (pod: PodObject): readonly (string | undefined)[] => [pod.metadata.uid, jobOf(pod)?.uid];
  const ended = staying.filter(({ build }) => isOver(build));
  // A pod may name a Job of others as its own: a secret that another build needs stays.
  const needed = new Set(staying.filter(({ build }) => !isOver(build)).flatMap(({ pod }) => owners(pod)));
  return secrets.flatMap(({ name, namespace, uid, labels, ownerReferences = [] }) => {
    if (uid === undefined || ownerReferences.some((owner) => needed.has(owner.uid))) return [];
    const found = ended.find(
      ({ build, pod }) =>
        build.namespace === namespace &&
        build.buildId === labels?.[labelKeys.build] &&
        build.runId === labels[labelKeys.run] &&
        ownerReferences.some((owner) => owners(pod).includes(owner.uid)),
    );
    if (found === undefined) return [];
    const { namespace: place, runId, buildId } = found.build;
    const reason = 'its build has ended, and is only kept to be looked at';
    return [{ kind: 'secret', namespace: place, name, uid, runId, buildId, reason }];
  });
}
