import { parseQuantity } from '@kanikit/spec';
import type { StatusCause } from '../status-error.ts';
import { duplicate, forbiddenField, invalidValue, required } from './causes.ts';
import { dnsLabelProblems } from './formats.ts';
import { backstepCauses, filePathCauses } from './paths.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the volumes of a pod. */
export function volumeCauses(volumes: readonly Fields[]): StatusCause[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const field = `spec.volumes[${index}]`;
    const name = textOf(volume['name']);
    const causes: StatusCause[] =
      name === ''
        ? [required(`${field}.name`)]
        : dnsLabelProblems(name).map((problem) => invalidValue(`${field}.name`, name, problem));
    if (names.has(name)) causes.push(duplicate(`${field}.name`, name));
    names.add(name);
    const [, second] = Object.keys(volume).filter((key) => key !== 'name');
    if (second !== undefined)
      causes.push(forbiddenField(`${field}.${second}`, 'may not specify more than 1 volume type'));
    return [...causes, ...sourceCauses(volume, field)];
  });
}

function sourceCauses(volume: Fields, field: string): StatusCause[] {
  const { secret, configMap, projected, downwardAPI, hostPath, emptyDir } = volume as Record<
    string,
    Fields | undefined
  >;
  return [
    ...(secret ? fileSourceCauses(secret, `${field}.secret`, 'secretName') : []),
    ...(configMap ? fileSourceCauses(configMap, `${field}.configMap`, 'name') : []),
    ...(downwardAPI ? downwardCauses(downwardAPI, `${field}.downwardAPI`) : []),
    ...(projected ? projectedCauses(projected, `${field}.projected`) : []),
    ...(hostPath ? hostPathCauses(hostPath, `${field}.hostPath`) : []),
    ...(emptyDir ? emptyDirCauses(emptyDir, `${field}.emptyDir`) : []),
  ];
}

function fileSourceCauses(source: Fields, field: string, nameField: string): StatusCause[] {
  return [
    ...(textOf(source[nameField]) === '' ? [required(`${field}.${nameField}`)] : []),
    ...modeCauses(source['defaultMode'], `${field}.defaultMode`),
    ...itemCauses(source['items'], `${field}.items`),
  ];
}

function itemCauses(items: unknown, field: string): StatusCause[] {
  return listOf(items).flatMap((item, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(textOf(item['key']) === '' ? [required(`${at}.key`)] : []),
      ...pathCauses(item['path'], `${at}.path`),
      ...modeCauses(item['mode'], `${at}.mode`),
    ];
  });
}

function downwardCauses(source: Fields, field: string): StatusCause[] {
  return [
    ...modeCauses(source['defaultMode'], `${field}.defaultMode`),
    ...listOf(source['items']).flatMap((item, index) => [
      ...pathCauses(item['path'], `${field}.items[${index}].path`),
      ...modeCauses(item['mode'], `${field}.items[${index}].mode`),
    ]),
  ];
}

function projectedCauses(projected: Fields, field: string): StatusCause[] {
  return [
    ...modeCauses(projected['defaultMode'], `${field}.defaultMode`),
    ...listOf(projected['sources']).flatMap((source, index) => {
      const at = `${field}.sources[${index}]`;
      const { secret, configMap, downwardAPI, serviceAccountToken } = source as Record<
        string,
        Fields | undefined
      >;
      return [
        ...(secret ? fileSourceCauses(secret, `${at}.secret`, 'name') : []),
        ...(configMap ? fileSourceCauses(configMap, `${at}.configMap`, 'name') : []),
        ...(downwardAPI ? downwardCauses(downwardAPI, `${at}.downwardAPI`) : []),
        ...(serviceAccountToken
          ? pathCauses(serviceAccountToken['path'], `${at}.serviceAccountToken.path`)
          : []),
      ];
    }),
  ];
}

function hostPathCauses(hostPath: Fields, field: string): StatusCause[] {
  const path = textOf(hostPath['path']);
  return path === '' ? [required(`${field}.path`)] : backstepCauses(path, `${field}.path`);
}

function emptyDirCauses(emptyDir: Fields, field: string): StatusCause[] {
  const isNegative = (parseQuantity(textOf(emptyDir['sizeLimit']) || undefined) ?? 0) < 0;
  return isNegative
    ? [forbiddenField(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
    : [];
}

function pathCauses(path: unknown, field: string): StatusCause[] {
  return textOf(path) === '' ? [required(field)] : filePathCauses(textOf(path), field);
}

function modeCauses(mode: unknown, field: string): StatusCause[] {
  if (mode === undefined || (typeof mode === 'number' && mode >= 0 && mode <= 0o777)) return [];
  return [invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
