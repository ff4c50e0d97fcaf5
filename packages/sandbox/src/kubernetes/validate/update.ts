import { isDeepStrictEqual } from 'node:util';
import type { ApiObject, Pod, PodSpec } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';
import type { Job } from '../job.ts';
import { forbiddenField, invalidValue } from './causes.ts';
import { jobUpdateCauses } from './job.ts';

const immutableHint =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What an update may not change. */
export function updateCauses(kind: string, next: ApiObject, previous: ApiObject): StatusCause[] {
  switch (kind) {
    case 'Pod':
      return podUpdateCauses((next as Pod).spec, (previous as Pod).spec);
    case 'Job':
      return jobUpdateCauses(next as Job, previous as Job);
    case 'Secret':
      return [...typeCauses(next, previous), ...immutableCauses(next, previous)];
    case 'ConfigMap':
      return immutableCauses(next, previous);
    default:
      return [];
  }
}

function podUpdateCauses(next: PodSpec, previous: PodSpec): StatusCause[] {
  const before = previous.activeDeadlineSeconds;
  const after = next.activeDeadlineSeconds;
  if (before !== undefined && after === undefined)
    return [
      invalidValue(
        'spec.activeDeadlineSeconds',
        null,
        'must not update from a positive integer to nil value',
      ),
    ];
  if (before !== undefined && after !== undefined && after > before) {
    const words = 'must be less than or equal to previous value';
    return [invalidValue('spec.activeDeadlineSeconds', after, words)];
  }
  const isSame = isDeepStrictEqual(fixedPart(next), fixedPart(previous));
  return isSame ? [] : [forbiddenField('spec', `${immutableHint}\n${difference(next, previous)}`)];
}

function fixedPart(spec: PodSpec): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec;
  const withoutImages = (containers: PodSpec['containers'] | undefined) =>
    containers?.map(({ image: _image, ...container }) => container);
  return JSON.parse(
    JSON.stringify({
      ...rest,
      containers: withoutImages(spec.containers),
      initContainers: withoutImages(spec.initContainers),
    }),
  );
}

/** The changed top-level fields; the real server prints a Go diff here. */
function difference(next: PodSpec, previous: PodSpec): string {
  const names = [...new Set([...Object.keys(previous), ...Object.keys(next)])];
  return names
    .filter((name) => !isDeepStrictEqual(next[name], previous[name]))
    .map((name) => `- ${name}: ${JSON.stringify(previous[name])}\n+ ${name}: ${JSON.stringify(next[name])}`)
    .join('\n');
}

function typeCauses(next: ApiObject, previous: ApiObject): StatusCause[] {
  return next['type'] === previous['type'] ? [] : [invalidValue('type', next['type'], 'field is immutable')];
}

function immutableCauses(next: ApiObject, previous: ApiObject): StatusCause[] {
  if (previous['immutable'] !== true) return [];
  const words = 'field is immutable when `immutable` is set';
  return ['data', 'binaryData', 'immutable']
    .filter((field) => !isDeepStrictEqual(next[field], previous[field]))
    .map((field) => forbiddenField(field, words));
}
