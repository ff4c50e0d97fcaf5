import type { KubernetesObject, PodLaunch } from '@kanikit/spec';
import { labelKeys, managerName } from '../layout/labels.ts';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { presetParts } from './presets.ts';

/** The pod where nobody says anything else: template, settings and patches come on top. */
export function defaultPod({ preset }: PodLaunch): KubernetesObject {
  const { annotations, podSecurity, containerSecurity } = presetParts(preset);
  return {
    metadata: Object.keys(annotations).length === 0 ? {} : { annotations },
    spec: {
      // The executor's environment reaches every `RUN`: the addresses of unrelated services have no place there.
      enableServiceLinks: false,
      ...(Object.keys(podSecurity).length === 0 ? {} : { securityContext: podSecurity }),
      containers: [
        {
          name: executorContainer,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          // Unpacking an image means to own its files as they say: root, with the runtime's usual capabilities and no more.
          securityContext: { runAsUser: 0, allowPrivilegeEscalation: false, ...containerSecurity },
        },
      ],
    },
  };
}

/** Builds keep out of each other's way where there is more than one node; where there is not, they run all the same. */
export const defaultSpread: readonly KubernetesObject[] = [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { [labelKeys.managedBy]: managerName } },
  },
];
