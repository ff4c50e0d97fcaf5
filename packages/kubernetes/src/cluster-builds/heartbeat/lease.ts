import type { Manifest } from '@kanikit/spec';
import { labelKeys, managerName } from '../../pods/layout/labels.ts';
import { type ObjectMetadata, parseTime } from '../../api/watch/pod-object.ts';

/** Intervals without a sign of life after which a client counts as gone. */
export const missedBeats = 3;

/** The parts of a Lease that the driver reads. */
export interface LeaseObject {
  readonly metadata: ObjectMetadata;
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
  };
}

/** A pod that a client waits for. */
export interface OwnedPod {
  readonly name: string;
  readonly uid: string;
}

export function leasePath(namespace: string, name?: string): string {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  return name === undefined ? collection : `${collection}/${name}`;
}

export function leaseName(clientId: string): string {
  return `kanikit-${clientId}`;
}

/** The sign of life of one client in one namespace. It goes with the last of the pods it was written for. */
export function leaseManifest(
  beat: {
    readonly clientId: string;
    readonly namespace: string;
    readonly owner: string;
    readonly intervalMs: number;
    /** By the clock of the server. */
    readonly timeMs: number;
  },
  pods: readonly OwnedPod[],
): Manifest {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName(beat.clientId),
      namespace: beat.namespace,
      labels: { [labelKeys.managedBy]: managerName, [labelKeys.client]: beat.clientId },
      ownerReferences: pods.map(({ name, uid }) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        name,
        uid,
        controller: false,
        blockOwnerDeletion: false,
      })),
    },
    spec: {
      holderIdentity: beat.owner,
      leaseDurationSeconds: Math.ceil((beat.intervalMs * missedBeats) / 1000),
      // Six digits: the API has times of a lease in microseconds.
      renewTime: new Date(beat.timeMs).toISOString().replace('Z', '000Z'),
    },
  };
}

/** Last sign of life, by the clock of the server. */
export function leaseTime(lease: LeaseObject): number | undefined {
  return parseTime(lease.spec?.renewTime) ?? parseTime(lease.metadata.creationTimestamp);
}
