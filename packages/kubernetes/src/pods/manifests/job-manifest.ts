import type { Manifest, PodLaunch } from '@kanikit/spec';
import { podManifest } from './pod-manifest.ts';

/** A Job whose pod never got to a node is ended by the cluster this much after the pod's own deadline, in seconds. */
const deadlineSlackSeconds = 60;

/** How long a Job stays after its end unless told otherwise, in seconds: a day, so that its log can be read. */
const defaultKeepEndedSeconds = 24 * 60 * 60;

/** The Job of a launch: one pod, never a second one, removed by the cluster some time after its end. Pure. */
export function jobManifest(launch: PodLaunch, namespace: string, clientId: string): Manifest {
  const { metadata, spec } = podManifest(launch, namespace, clientId) as Manifest & {
    readonly metadata: Readonly<Record<string, unknown>>;
  };
  const { name: _name, namespace: _namespace, ...shared } = metadata;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      // A build that failed is not repeated by the cluster: only kanikit can tell a failing RUN from a lost node.
      backoffLimit: 0,
      // With the default, a pod that is deleted or evicted is replaced before it has stopped.
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: launch.deadlineSeconds + deadlineSlackSeconds,
      ttlSecondsAfterFinished: launch.keepEndedSeconds ?? defaultKeepEndedSeconds,
      template: { metadata: shared, spec },
    },
  };
}
