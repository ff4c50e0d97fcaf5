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
  const { name, labels = {}, annotations = {}, ownerReferences = [], finalizers = [] } = object.metadata;
  return [
    ...nameCauses(type, name),
    ...labelCauses(labels, 'metadata.labels'),
    ...Object.keys(annotations).flatMap((key) =>
      qualifiedNameProblems(key.toLowerCase()).map((problem) =>
        invalidValue('metadata.annotations', key, problem),
      ),
    ),
    ...annotationSizeCauses(annotations),
    ...ownerReferences.flatMap((owner) =>
      (['apiVersion', 'kind', 'name', 'uid'] as const)
        .filter((field) => (owner[field] ?? '') === '')
        .map((field) => emptyOwnerField(field)),
    ),
    ...ownerCauses(ownerReferences),
    ...finalizers.flatMap((finalizer, index) => finalizerCauses(finalizer, index)),
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

function emptyOwnerField(field: string): StatusCause {
  const subject = field === 'apiVersion' ? 'version ' : '';
  return invalidValue(`metadata.ownerReferences.${field}`, '', `${subject}must not be empty`);
}

function ownerCauses(owners: NonNullable<ApiObject['metadata']['ownerReferences']>): StatusCause[] {
  const [first, second] = owners.filter(({ controller }) => controller === true);
  if (first === undefined || second === undefined) return [];
  const words = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [invalidValue('metadata.ownerReferences', owners, words)];
}

/** Finalizers without a domain that Kubernetes knows. */
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function finalizerCauses(finalizer: string, index: number): StatusCause[] {
  const causes = qualifiedNameProblems(finalizer).map((problem) =>
    invalidValue('metadata.finalizers', finalizer, problem),
  );
  if (!finalizer.includes('/') && !standardFinalizers.has(finalizer))
    causes.push(
      invalidValue(
        `metadata.finalizers[${index}]`,
        finalizer,
        'name is neither a standard finalizer name nor is it fully qualified',
      ),
    );
  return causes;
}
