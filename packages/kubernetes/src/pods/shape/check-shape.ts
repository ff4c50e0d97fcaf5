import type { KubernetesObject, Manifest, PodLaunch } from '@kanikit/spec';
import type { Mounts } from '../layout/mounts.ts';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { checkMountPath } from './mount-paths.ts';
import { isObject, listAt, objectAt, podInvalid, specOf } from './pod-fields.ts';
import { envProblem, mountProblem, quantityProblem, volumeProblem } from './container-problems.ts';
import type { Flaw } from './flaw.ts';
import { podFieldProblems } from './pod-problems.ts';

/**
 * Finds mistakes that would otherwise show only in the cluster, after the upload: lists that are none, volumes without a source or with two, mounts
 * of volumes that are not there or over the executor, malformed quantities. Fields with a wrong name are left to the server (`fieldValidation=Strict`).
 *
 * @throws KanikitError `pod-invalid` naming the first place
 */
export function checkShape(pod: Manifest, launch: PodLaunch, own: Mounts): void {
  const first = [...flaws(pod, own)].find(([, problem]) => problem !== undefined);
  if (first?.[1] === undefined) return;
  throw podInvalid(
    launch.buildId,
    first[0],
    first[1],
    'See "kubectl explain pod.spec", and https://github.com/kanikit/kanikit/blob/main/docs/pods.md.',
  );
}

const topFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

function* flaws(pod: Manifest, own: Mounts): Generator<Flaw> {
  for (const field of Object.keys(pod))
    if (!topFields.includes(field)) yield [field, 'is no field of a Pod; most stand below "spec"'];
  const spec = specOf(pod);
  yield* podFieldProblems(pod);
  const volumes = yield* list(spec, 'spec', 'volumes');
  for (const volume of volumes) yield [`spec.volumes[${nameOf(volume)}]`, volumeProblem(volume)];
  yield* repeated(volumes, 'spec.volumes');
  const names = new Set(volumes.map(nameOf));
  const containers = yield* list(spec, 'spec', 'containers');
  const initContainers = yield* list(spec, 'spec', 'initContainers');
  yield* repeated([...containers, ...initContainers], 'spec.containers');
  for (const container of containers) yield* containerFlaws(container, 'spec.containers', names);
  for (const container of initContainers) yield* containerFlaws(container, 'spec.initContainers', names);
  const executor = containers.find((container) => container['name'] === executorContainer) ?? {};
  const ours = new Set(own.volumeMounts.map((mount) => mount['mountPath']));
  for (const { mountPath } of listAt(executor, 'volumeMounts')) {
    if (ours.has(mountPath) || typeof mountPath !== 'string') continue;
    yield [`spec.containers[${executorContainer}].volumeMounts[${mountPath}]`, checkMountPath(mountPath)];
  }
}

function* containerFlaws(
  container: KubernetesObject,
  list_: string,
  volumes: ReadonlySet<string>,
): Generator<Flaw> {
  const path = `${list_}[${nameOf(container)}]`;
  if (typeof container['name'] !== 'string') yield [path, 'has no name'];
  if (typeof container['image'] !== 'string') yield [`${path}.image`, 'is missing'];
  for (const variable of yield* list(container, path, 'env'))
    yield [`${path}.env[${nameOf(variable)}]`, envProblem(variable)];
  for (const mount of yield* list(container, path, 'volumeMounts'))
    yield [`${path}.volumeMounts[${String(mount['mountPath'])}]`, mountProblem(mount, volumes)];
  for (const group of ['requests', 'limits']) {
    const resources = objectAt(objectAt(container, 'resources'), group);
    for (const [name, amount] of Object.entries(resources))
      yield [`${path}.resources.${group}[${name}]`, quantityProblem(amount)];
  }
}

function* list(
  owner: KubernetesObject,
  path: string,
  field: string,
): Generator<Flaw, readonly KubernetesObject[]> {
  const value = owner[field];
  if (value !== undefined && !(Array.isArray(value) && value.every(isObject)))
    yield [`${path}.${field}`, 'must be a list of objects'];
  return listAt(owner, field);
}

function* repeated(items: readonly KubernetesObject[], path: string): Generator<Flaw> {
  const names = items.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) yield [`${path}[${twice}]`, 'is there twice'];
}

function nameOf(item: KubernetesObject): string {
  return typeof item['name'] === 'string' ? item['name'] : '?';
}
