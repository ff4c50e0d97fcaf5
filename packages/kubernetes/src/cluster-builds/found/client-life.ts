import type { BuildOwnership } from '@kanikit/spec';
import { leaseTime, missedBeats, type LeaseObject } from '../heartbeat/lease.ts';
import { readSeconds } from '../../pods/manifests/about-annotations.ts';
import { annotationKeys, labelKeys } from '../../pods/layout/labels.ts';
import { parseTime, type PodObject } from '../../api/watch/pod-object.ts';

/** Last sign of life by namespace and client. */
export type LeaseTimes = ReadonlyMap<string, number>;

export function leaseTimes(leases: readonly LeaseObject[]): LeaseTimes {
  return new Map(
    leases.flatMap((lease): readonly (readonly [string, number])[] => {
      const time = leaseTime(lease);
      return time === undefined ? [] : [[keyOf(lease.metadata), time]];
    }),
  );
}

export interface ClientLife {
  readonly ownership: BuildOwnership;
  readonly heardAt: number;
  /** Time without a sign of life after which the client counts as gone; undefined where it gives none. */
  readonly patienceMs: number | undefined;
}

/**
 * Whether the client of a pod lives. Its launch counts as a sign of life. `leases` of undefined: they could not be read, and nobody is called
 * abandoned for that.
 */
export function clientLife(pod: PodObject, leases: LeaseTimes | undefined, now: number): ClientLife {
  const { annotations = {} } = pod.metadata;
  const createdAt = parseTime(pod.metadata.creationTimestamp) ?? now;
  const heardAt = Math.max(createdAt, leases?.get(keyOf(pod.metadata)) ?? 0);
  const seconds = readSeconds(annotations[annotationKeys.heartbeat]);
  const patienceMs = seconds === undefined ? undefined : seconds * missedBeats * 1000;
  const life = { heardAt, patienceMs };
  if (annotations[annotationKeys.detached] === 'true') return { ...life, ownership: 'detached' };
  if (patienceMs === undefined) return { ...life, ownership: 'unknown' };
  if (now - heardAt < patienceMs) return { ...life, ownership: 'alive' };
  return { ...life, ownership: leases === undefined ? 'unknown' : 'abandoned' };
}

function keyOf(metadata: {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.[labelKeys.client] ?? ''}`;
}
