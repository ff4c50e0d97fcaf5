import type { ApiObject } from '../objects.ts';
import type { ResourceType } from '../resources.ts';
import type { StatusCause } from '../status-error.ts';
import { invalidValue, required, tooLong } from './causes.ts';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from './formats.ts';

const annotationLimitBytes = 256 * 1024;

/** What is wrong with the metadata of an object that is to be created. */
export function metadataCauses(type: ResourceType, object: ApiObject): StatusCause[] {
  const { name, labels = {}, annotations = {}, ownerReferences = [] } = object.metadata;
  return [
    ...nameCauses(type, name),
    ...labelCauses(labels, 'metadata.labels'),
    ...Object.keys(annotations).flatMap((key) =>
      qualifiedNameProblems(key.toLowerCase()).map((problem) =>
        invalidValue('metadata.annotations', key, problem),
      ),
    ),
    ...annotationSizeCauses(annotations),
    ...ownerReferences.flatMap((owner, index) =>
      (['apiVersion', 'kind', 'name', 'uid'] as const)
        .filter((field) => (owner[field] ?? '') === '')
        .map((field) => emptyOwnerField(index, field)),
    ),
  ];
}

/** What is wrong with labels, or with what selects by them. */
export function labelCauses(labels: Readonly<Record<string, string>>, field: string): StatusCause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(field, key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(field, value, problem)),
  ]);
}

function nameCauses(type: ResourceType, name: string): StatusCause[] {
  if (name === '') return [required('metadata.name', 'name or generateName is required')];
  const check = type.plural === 'namespaces' ? dnsLabelProblems : dnsSubdomainProblems;
  return check(name).map((problem) => invalidValue('metadata.name', name, problem));
}

function annotationSizeCauses(annotations: Readonly<Record<string, string>>): StatusCause[] {
  let size = 0;
  for (const [key, value] of Object.entries(annotations))
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  return size > annotationLimitBytes ? [tooLong('metadata.annotations', annotationLimitBytes)] : [];
}

function emptyOwnerField(index: number, field: string): StatusCause {
  const names = { apiVersion: 'version', kind: 'kind', name: 'name', uid: 'uid' } as Record<string, string>;
  return invalidValue(`metadata.ownerReferences[${index}].${field}`, '', `${names[field]} must not be empty`);
}
