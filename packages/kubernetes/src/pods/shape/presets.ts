import type { KubernetesObject, PodPreset } from '@kanikit/spec';

/**
 * What Kaniko uses of root's rights: owning and setting the modes of files it unpacks (CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETFCAP), and becoming
 * the users of `USER` and of package managers (SETUID, SETGID, SYS_CHROOT, KILL).
 */
const neededCapabilities: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETFCAP',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
];

/** Parts of a pod that a preset stands for; below template and settings. */
export interface PresetParts {
  readonly annotations: Readonly<Record<string, string>>;
  readonly podSecurity: KubernetesObject;
  readonly containerSecurity: KubernetesObject;
}

const nothing: PresetParts = { annotations: {}, podSecurity: {}, containerSecurity: {} };
const runtimeSeccomp: KubernetesObject = { seccompProfile: { type: 'RuntimeDefault' } };

export function presetParts(preset: PodPreset | undefined): PresetParts {
  switch (preset) {
    case undefined:
      return nothing;
    case 'baseline':
      return { ...nothing, podSecurity: runtimeSeccomp };
    case 'least-privilege':
      return {
        ...nothing,
        podSecurity: runtimeSeccomp,
        containerSecurity: { capabilities: { drop: ['ALL'], add: neededCapabilities } },
      };
    case 'openshift':
      // Without it OpenShift would try other constraints first, and refuse in the words of whichever came last.
      return { ...nothing, annotations: { 'openshift.io/required-scc': 'anyuid' } };
    default:
      return preset satisfies never;
  }
}
