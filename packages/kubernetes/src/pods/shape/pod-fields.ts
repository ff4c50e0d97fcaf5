import { KanikitError, type KubernetesObject, type Manifest } from '@kanikit/spec';

// A pod on its way from template and patches, where nothing is certain: what is missing or of another kind reads as empty.

export function isObject(value: unknown): value is KubernetesObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(object: KubernetesObject, field: string): KubernetesObject {
  const value = object[field];
  return isObject(value) ? value : {};
}

export function listAt(object: KubernetesObject, field: string): readonly KubernetesObject[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function specOf(pod: Manifest): KubernetesObject {
  return objectAt(pod, 'spec');
}

export function containerNamed(pod: Manifest, name: string): KubernetesObject | undefined {
  return listAt(specOf(pod), 'containers').find((container) => container['name'] === name);
}

/** A pod that is not what it must be; `path` names the place as `kubectl explain` does. */
export function podInvalid(buildId: string, path: string, problem: string, hint?: string): KanikitError {
  return new KanikitError({
    code: 'pod-invalid',
    message: `Shaping the pod of build ${buildId}: ${path} ${problem}.`,
    hint,
  });
}
