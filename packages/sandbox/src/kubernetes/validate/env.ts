import type { StatusCause } from '../status-error.ts';
import { invalidValue, notSupported, required } from './causes.ts';
import { dataKeyProblems, dnsSubdomainProblems, envNameProblems } from './formats.ts';

type Fields = Readonly<Record<string, unknown>>;

const ofEnvironment = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const resources = ['limits', 'requests'].flatMap((group) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((name) => `${group}.${name}`),
);

/** What is wrong with the variables of a container. */
export function envCauses(env: unknown, field: string): StatusCause[] {
  return listOf(env).flatMap((variable, index) => {
    const at = `${field}[${index}]`;
    const name = textOf(variable['name']);
    return [
      ...(name === ''
        ? [required(`${at}.name`)]
        : envNameProblems(name).map((problem) => invalidValue(`${at}.name`, name, problem))),
      ...sourceCauses(variable, `${at}.valueFrom`),
    ];
  });
}

/** What is wrong with the sources of variables of a container. */
export function envFromCauses(sources: unknown, field: string): StatusCause[] {
  return listOf(sources).flatMap((source, index) => {
    const prefix = textOf(source['prefix']);
    const kinds = ['configMapRef', 'secretRef'].filter((kind) => source[kind] !== undefined);
    const causes: StatusCause[] =
      prefix === ''
        ? []
        : envNameProblems(prefix).map((problem) =>
            invalidValue(`${field}[${index}].prefix`, prefix, problem),
          );
    for (const kind of kinds)
      if (textOf((source[kind] as Fields)['name']) === '')
        causes.push(required(`${field}[${index}].${kind}.name`));
    if (kinds.length === 0)
      causes.push(invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    if (kinds.length > 1)
      causes.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
    return causes;
  });
}

function sourceCauses(variable: Fields, field: string): StatusCause[] {
  const from = variable['valueFrom'] as Readonly<Record<string, Fields | undefined>> | undefined;
  if (from === undefined) return [];
  const { fieldRef, resourceFieldRef } = from;
  const causes: StatusCause[] = [];
  if (fieldRef) causes.push(...fieldCauses(textOf(fieldRef['fieldPath']), `${field}.fieldRef.fieldPath`));
  if (resourceFieldRef)
    causes.push(
      ...resourceCauses(textOf(resourceFieldRef['resource']), `${field}.resourceFieldRef.resource`),
    );
  for (const kind of ['configMapKeyRef', 'secretKeyRef']) {
    const reference = from[kind];
    if (reference) causes.push(...keyCauses(reference, `${field}.${kind}`));
  }
  const count = Object.keys(from).length;
  if (count === 0)
    causes.push(
      invalidValue(
        field,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    );
  else if (textOf(variable['value']) !== '')
    causes.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
  else if (count > 1)
    causes.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  return causes;
}

function fieldCauses(path: string, field: string): StatusCause[] {
  if (path === '') return [required(field)];
  if (ofEnvironment.includes(path) || /^metadata\.(?:labels|annotations)\['[^']+'\]$/.test(path)) return [];
  if (/^metadata\.(?:labels|annotations)$/.test(path)) return [notSupported(field, path, ofEnvironment)];
  return [invalidValue(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}

function resourceCauses(resource: string, field: string): StatusCause[] {
  if (resource === '') return [required(field)];
  return resources.includes(resource) ? [] : [notSupported(field, resource, resources)];
}

function keyCauses(reference: Fields, field: string): StatusCause[] {
  const name = textOf(reference['name']);
  const key = textOf(reference['key']);
  return [
    ...dnsSubdomainProblems(name).map((problem) => invalidValue(`${field}.name`, name, problem)),
    ...(key === ''
      ? [required(`${field}.key`)]
      : dataKeyProblems(key).map((problem) => invalidValue(`${field}.key`, key, problem))),
  ];
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
