import {
  isKanikitError,
  KanikitError,
  type KubernetesObject,
  type Manifest,
  type PodLaunch,
} from '@kanikit/spec';
import { applyJsonPatch, applyStrategicMerge } from '@kanikit/spec/patch';
import { checkAnyuid } from '../shape/anyuid.ts';
import { checkInvariants } from '../shape/check-invariants.ts';
import { checkShape } from '../shape/check-shape.ts';
import { defaultPod, defaultSpread } from '../shape/default-pod.ts';
import { isObject, objectAt } from '../shape/pod-fields.ts';
import { checkBaseline } from '../shape/pod-security.ts';
import { readTemplate } from '../shape/read-template.ts';
import { settingsPod } from '../shape/settings-pod.ts';
import { planMounts } from '../layout/mounts.ts';
import { objectMetadata } from './object-metadata.ts';
import { layOutSecret } from '../layout/secret-layout.ts';

/**
 * The pod of a launch: defaults and preset, the template, what the launch says, the patches, in this order; then checked. Pure.
 *
 * @throws KanikitError `pod-invalid` naming the place that Kubernetes would refuse or that kanikit relies on, `patch-invalid`
 */
export function podManifest(launch: PodLaunch, namespace: string, clientId: string): Manifest {
  const layout = layOutSecret(launch);
  const mounts = planMounts(launch, layout, launch.name);
  const based = withSoftDefaults(applyStrategicMerge(defaultPod(launch), readTemplate(launch)), launch);
  const settings = settingsPod(launch, objectMetadata(launch, namespace, clientId), { layout, mounts });
  const pod = applyPatches(applyStrategicMerge(based, settings), launch);
  const manifest = { apiVersion: 'v1', kind: 'Pod', ...pod };
  checkInvariants(manifest, launch, { settings, layout, mounts });
  checkShape(manifest, launch, mounts);
  if (launch.preset === 'baseline' || launch.preset === 'least-privilege')
    checkBaseline(manifest, launch.buildId);
  if (launch.preset === 'openshift') checkAnyuid(manifest, launch.buildId);
  return manifest;
}

/** Defaults that a template replaces whole, where strategic merge would mix the two. */
function withSoftDefaults(pod: unknown, launch: PodLaunch): KubernetesObject {
  const { topologySpreadConstraints = defaultSpread, ...spec } = objectAt(pod as KubernetesObject, 'spec');
  const hasAccount = launch.serviceAccount !== undefined || spec['serviceAccountName'] !== undefined;
  return {
    ...(pod as KubernetesObject),
    spec: {
      ...(hasAccount ? {} : { automountServiceAccountToken: false }),
      ...spec,
      // Those of the launch take the place of all others; an empty list means none.
      ...(launch.topologySpreadConstraints === undefined ? { topologySpreadConstraints } : {}),
    },
  };
}

function applyPatches(pod: unknown, { patches = [], buildId }: PodLaunch): KubernetesObject {
  let patched = pod;
  for (const [index, { type, patch }] of patches.entries()) {
    try {
      patched = type === 'json' ? applyJsonPatch(patched, patch) : applyStrategicMerge(patched, patch);
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      throw new KanikitError({
        code: error.code,
        message: `Applying patch ${index + 1} (${type}) to the pod of build ${buildId}: ${error.message}.`,
        hint: error.hint,
        cause: error,
      });
    }
  }
  return isObject(patched) ? patched : {};
}
