import type { ApiObject } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';
import { invalidValue, required, tooLong } from './causes.ts';
import { dataKeyProblems } from './formats.ts';

const dataLimitBytes = 1024 * 1024;

const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** What is wrong with the data of a secret. */
export function secretCauses(secret: ApiObject): StatusCause[] {
  const data = (secret['data'] ?? {}) as Record<string, string>;
  const type = String(secret['type']);
  const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  return [
    ...keyCauses(data, 'data'),
    ...(size > dataLimitBytes ? [tooLong('data', dataLimitBytes)] : []),
    ...(neededKeys[type] ?? [])
      .filter((key) => data[key] === undefined)
      .map((key) => required(`data[${key}]`)),
    ...dockerConfigCauses(type, data),
  ];
}

/** What is wrong with the data of a config map. */
export function configMapCauses(configMap: ApiObject): StatusCause[] {
  const data = (configMap['data'] ?? {}) as Record<string, string>;
  const binary = (configMap['binaryData'] ?? {}) as Record<string, string>;
  const size =
    Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0) +
    Object.values(binary).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  return [
    ...keyCauses(data, 'data'),
    ...keyCauses(binary, 'binaryData'),
    // The field of this cause is empty in Kubernetes, too.
    ...(size > dataLimitBytes ? [tooLong('', dataLimitBytes)] : []),
  ];
}

function keyCauses(data: Readonly<Record<string, string>>, field: string): StatusCause[] {
  return Object.keys(data).flatMap((key) =>
    dataKeyProblems(key).map((problem) => invalidValue(`${field}[${key}]`, key, problem)),
  );
}

function dockerConfigCauses(type: string, data: Readonly<Record<string, string>>): StatusCause[] {
  const [key] = type.startsWith('kubernetes.io/dockerc') ? (neededKeys[type] ?? []) : [];
  const encoded = key === undefined ? undefined : data[key];
  if (key === undefined || encoded === undefined) return [];
  try {
    JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return [];
  } catch {
    return [
      invalidValue(
        `data[${key}]`,
        '<secret contents redacted>',
        'invalid character looking for beginning of value',
      ),
    ];
  }
}
