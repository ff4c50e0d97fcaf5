import type { KubernetesObject, PodLaunch } from '@kanikit/spec';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { isObject, listAt, objectAt, podInvalid } from './pod-fields.ts';

/** Metadata that a pod takes from its template; names and what the server writes are its own. */
const keptMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers'];

/** Fields of the executor's container that kanikit sets, and how to say it instead. */
const ownFields: Readonly<Record<string, string>> = {
  args: 'Give flags of the executor with `executorArgs`.',
  image: 'Choose the executor, or its image (`executor`, `executor.image`): its flags depend on it.',
};

/**
 * Reads a template as metadata and spec, whatever of the three shapes it has: Pod, PodTemplate(Spec), or the spec of a pod alone.
 *
 * @throws KanikitError `pod-invalid` for another kind, or a template that says what kanikit sets itself otherwise
 */
export function readTemplate(launch: PodLaunch): KubernetesObject {
  const { template, buildId } = launch;
  if (template === undefined) return {};
  const { kind } = template;
  if (kind !== undefined && kind !== 'Pod' && kind !== 'PodTemplate')
    throw podInvalid(
      buildId,
      'the template',
      `is a ${typeof kind === 'string' ? kind : JSON.stringify(kind)}`,
      'Give a Pod, a PodTemplate, or the spec of a pod.',
    );
  const pod = kind === 'PodTemplate' ? objectAt(template, 'template') : template;
  const spec = isObject(pod['spec']) ? pod['spec'] : 'metadata' in pod || kind === 'Pod' ? {} : pod;
  checkSpec(spec, launch);
  const metadata = Object.entries(objectAt(pod, 'metadata')).filter(([field]) =>
    keptMetadata.includes(field),
  );
  return { metadata: Object.fromEntries(metadata), spec };
}

function checkSpec(spec: KubernetesObject, launch: PodLaunch): void {
  const refuse = (path: string, hint: string): never => {
    throw podInvalid(launch.buildId, `${path} of the template`, 'is set by kanikit', hint);
  };
  const { restartPolicy, activeDeadlineSeconds } = spec;
  if (restartPolicy !== undefined && restartPolicy !== 'Never')
    refuse('spec.restartPolicy', 'Leave it out: a build is never repeated in its container.');
  if (activeDeadlineSeconds !== undefined && activeDeadlineSeconds !== launch.deadlineSeconds)
    refuse('spec.activeDeadlineSeconds', 'Leave it out, and set the timeout of the build.');
  const executor = listAt(spec, 'containers').find(({ name }) => name === executorContainer) ?? {};
  for (const [field, hint] of Object.entries(ownFields)) {
    const value = executor[field];
    if (value === undefined || (field === 'image' && value === launch.image)) continue;
    refuse(`spec.containers[${executorContainer}].${field}`, hint);
  }
}
