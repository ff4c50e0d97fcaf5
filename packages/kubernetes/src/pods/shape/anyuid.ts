import type { KubernetesObject, Manifest } from '@kanikit/spec';
import type { Flaw } from './flaw.ts';
import { listAt, objectAt, podInvalid, specOf } from './pod-fields.ts';

/** Volumes that the constraints "anyuid" take. */
const allowedVolumes = [
  'configMap',
  'downwardAPI',
  'emptyDir',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * Refuses a pod that OpenShift's SecurityContextConstraints "anyuid" would refuse: they name no seccomp profile and no capability, and so allow none.
 *
 * @throws KanikitError `pod-invalid` naming the first place
 */
export function checkAnyuid(pod: Manifest, buildId: string): void {
  const first = [...violations(specOf(pod))].find(([, problem]) => problem !== undefined);
  if (first?.[1] === undefined) return;
  throw podInvalid(
    buildId,
    first[0],
    `${first[1]}, which OpenShift's constraints "anyuid" do not allow`,
    'Leave it out, or build without this preset and with a service account that may use other constraints.',
  );
}

function* violations(spec: KubernetesObject): Generator<Flaw> {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    yield [`spec.${field}`, spec[field] === true ? 'is true' : undefined];
  for (const volume of listAt(spec, 'volumes')) {
    const source = Object.keys(volume).find((key) => key !== 'name' && !allowedVolumes.includes(key));
    yield [`spec.volumes[${String(volume['name'])}]`, source === undefined ? undefined : `is a ${source}`];
  }
  yield ['spec.securityContext.seccompProfile', seccompProblem(objectAt(spec, 'securityContext'))];
  for (const list of ['containers', 'initContainers'])
    for (const container of listAt(spec, list)) {
      const path = `spec.${list}[${String(container['name'])}].securityContext`;
      const security = objectAt(container, 'securityContext');
      const { add } = objectAt(security, 'capabilities');
      yield [`${path}.privileged`, security['privileged'] === true ? 'is true' : undefined];
      yield [`${path}.seccompProfile`, seccompProblem(security)];
      yield [`${path}.capabilities.add`, Array.isArray(add) && add.length > 0 ? 'is set' : undefined];
    }
}

function seccompProblem(security: KubernetesObject): string | undefined {
  return security['seccompProfile'] === undefined ? undefined : 'is set';
}
