import type { FoundBuild, Remnant } from '@kanikit/spec';
import { labelKeys } from '../manifests/labels.ts';
import { type ObjectMetadata, parseTime } from '../watch/pod-object.ts';
import { formatAge } from './format-age.ts';

/** A secret is created within seconds of its pod, and its pod's end takes it along; the cluster's collector has minutes. */
const looseMs = 15 * 60_000;

export interface OwnedMetadata extends ObjectMetadata {
  readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
}

/** Secrets of builds whose owner is not there, judged by their metadata. */
export function looseSecrets(
  secrets: readonly OwnedMetadata[],
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
  secrets: readonly OwnedMetadata[],
  staying: readonly FoundBuild[],
): readonly Remnant[] {
  const ended = staying.filter(({ phase, ownership }) => phase.state === 'ended' && ownership !== 'alive');
  return secrets.flatMap(({ name, namespace, uid, labels }) => {
    const buildId = labels?.[labelKeys.build];
    const build = ended.find(
      (candidate) => candidate.namespace === namespace && [candidate.pod, candidate.job].includes(name),
    );
    if (build === undefined || uid === undefined || buildId !== build.buildId) return [];
    const reason = 'its build has ended, and is only kept to be looked at';
    return [{ kind: 'secret', namespace: build.namespace, name, uid, runId: build.runId, buildId, reason }];
  });
}
