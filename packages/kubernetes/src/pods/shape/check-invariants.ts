import type { KubernetesObject, Manifest, PodLaunch } from '@kanikit/spec';
import { isEqualJson } from '@kanikit/spec/patch';
import { labelKeys } from '../layout/labels.ts';
import type { Mounts } from '../layout/mounts.ts';
import type { SecretLayout } from '../layout/secret-layout.ts';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { containerNamed, listAt, objectAt, podInvalid, specOf } from './pod-fields.ts';
import { secretEnvEntries } from './settings-pod.ts';

/** What kanikit put into the pod before the patches. */
export interface OwnParts {
  readonly settings: KubernetesObject;
  readonly layout: SecretLayout;
  readonly mounts: Mounts;
}

const changed = 'kanikit relies on it: leave it to kanikit in template, settings and patches.';

/**
 * Checks that template and patches left in place what the driver lives by: who the pod belongs to, that it ends, what it runs and what it mounts.
 *
 * @throws KanikitError `pod-invalid` naming the first place that was changed
 */
export function checkInvariants(pod: Manifest, launch: PodLaunch, own: OwnParts): void {
  const refuse = (path: string, problem: string, hint = changed): never => {
    throw podInvalid(launch.buildId, path, problem, hint);
  };
  const expectSame = (path: string, actual: unknown, wanted: unknown, hint?: string): void => {
    if (!isEqualJson(actual, wanted)) refuse(path, `is ${shown(actual)}, and must be ${shown(wanted)}`, hint);
  };
  expectSame('apiVersion', pod.apiVersion, 'v1');
  expectSame('kind', pod.kind, 'Pod');
  const wanted = objectAt(own.settings, 'metadata');
  const metadata = objectAt(pod, 'metadata');
  expectSame('metadata.name', metadata['name'], wanted['name']);
  expectSame('metadata.namespace', metadata['namespace'], wanted['namespace']);
  for (const key of Object.values(labelKeys)) {
    const [actual, ours] = [objectAt(metadata, 'labels')[key], objectAt(wanted, 'labels')[key]];
    expectSame(`metadata.labels[${key}]`, actual, ours);
  }
  const spec = specOf(pod);
  expectSame('spec.restartPolicy', spec['restartPolicy'], 'Never');
  checkDeadline(spec['activeDeadlineSeconds'], launch, refuse);
  checkExecutor(pod, launch, own, { refuse, expectSame });
  const volumes = listAt(spec, 'volumes');
  for (const volume of own.mounts.volumes) {
    const name = String(volume['name']);
    expectSame(`spec.volumes[${name}]`, onlyItem(volumes, 'name', name), volume);
  }
}

type Refuse = (path: string, problem: string, hint?: string) => never;

function checkDeadline(seconds: unknown, { deadlineSeconds }: PodLaunch, refuse: Refuse): void {
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= deadlineSeconds)
    return;
  const problem = `is ${shown(seconds)}, and must be from 1 to ${deadlineSeconds}, the longest the build may take`;
  refuse('spec.activeDeadlineSeconds', problem, 'Set the timeout of the build.');
}

function checkExecutor(
  pod: Manifest,
  launch: PodLaunch,
  own: OwnParts,
  check: {
    readonly refuse: Refuse;
    readonly expectSame: (path: string, actual: unknown, wanted: unknown, hint?: string) => void;
  },
): void {
  const path = `spec.containers[${executorContainer}]`;
  const container = containerNamed(pod, executorContainer);
  if (container === undefined) return check.refuse(path, 'is missing');
  const same = (field: string, wanted: unknown, hint?: string): void =>
    check.expectSame(`${path}.${field}`, container[field], wanted, hint);
  same('args', launch.args, 'Give flags of the executor as executorArgs (after -- on the command line).');
  same('image', launch.image, 'Choose the image with `executor.image`, its release with `executor`.');
  if (launch.isStdinUsed) for (const field of ['stdin', 'stdinOnce']) same(field, true);
  if (container['tty'] === true)
    check.refuse(`${path}.tty`, 'is true: a terminal mixes the streams of the log');
  const termination = container['terminationMessagePath'];
  if (termination !== undefined && termination !== '/dev/termination-log')
    check.refuse(`${path}.terminationMessagePath`, 'is not where the executor writes the digest');
  for (const entry of secretEnvEntries(launch, own.layout)) {
    const name = String(entry['name']);
    check.expectSame(`${path}.env[${name}]`, onlyItem(listAt(container, 'env'), 'name', name), entry);
  }
  for (const mount of own.mounts.volumeMounts) {
    const target = String(mount['mountPath']);
    const actual = onlyItem(listAt(container, 'volumeMounts'), 'mountPath', target);
    check.expectSame(`${path}.volumeMounts[${target}]`, actual, mount);
  }
}

/** The item with that key; undefined where there is none, `several` where there is more than one. */
function onlyItem(items: readonly KubernetesObject[], key: string, value: string): unknown {
  const found = items.filter((item) => item[key] === value);
  return found.length > 1 ? 'several' : found[0];
}

/** Longest value that an error shows. */
const shownLimit = 200;

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length > shownLimit ? `${text.slice(0, shownLimit)}…` : text;
}
