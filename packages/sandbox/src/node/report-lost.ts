import type { KubernetesObject, PodReporter } from './pod-runtime.ts';
import { createStatusWriter, formatSeconds } from './pod-status.ts';

interface StoredStatus {
  readonly phase?: string;
  readonly containerStatuses?: readonly {
    readonly imageID?: string;
    readonly containerID?: string;
    readonly state?: { readonly running?: { readonly startedAt?: string } };
  }[];
}

/** Reports a pod that was running when the node went away as failed, as a kubelet does; says nothing about one that had ended. */
export function reportLost(pod: KubernetesObject, report: PodReporter, now: Date): void {
  const stored = (pod['status'] ?? {}) as StoredStatus;
  if (stored.phase === 'Succeeded' || stored.phase === 'Failed') return;
  const container = stored.containerStatuses?.[0];
  const status = createStatusWriter(pod, () => now);
  report.status(
    status({
      phase: 'Failed',
      ...(container?.imageID && { imageId: container.imageID }),
      ...(container?.containerID && { containerId: container.containerID }),
      state: {
        terminated: {
          exitCode: 137,
          reason: 'ContainerStatusUnknown',
          message: 'The container could not be located when the pod was terminated',
          startedAt: container?.state?.running?.startedAt ?? null,
          finishedAt: formatSeconds(now),
        },
      },
    }),
  );
}
