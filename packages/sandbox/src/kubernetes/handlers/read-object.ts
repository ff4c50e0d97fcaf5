import type { ApiObject } from '../objects.ts';
import { apiVersionOf, type ResourceType } from '../resources.ts';
import { decodeObject } from '../schema/decode.ts';
import { badRequest, methodNotAllowed, type StatusCause, invalid } from '../status-error.ts';
import { notSupported } from '../validate/causes.ts';

export interface ReadObject {
  readonly object: ApiObject;
  readonly warnings: readonly string[];
}

/**
 * Decodes a JSON value as an object of a type, treating unknown fields as `fieldValidation` says.
 *
 * @throws StatusError 400 for a wrong kind, a value of a wrong type, or an unknown field with `Strict`
 */
export function readObject(type: ResourceType, value: unknown, query: URLSearchParams): ReadObject {
  if (type.schema === undefined) throw methodNotAllowed();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error`,
    );
  checkKind(type, value as Record<string, unknown>);
  const { value: decoded, strictErrors } = decodeObject(type.kind, type.schema, value);
  const mode = fieldValidation(query);
  if (mode === 'Strict' && strictErrors.length > 0)
    throw badRequest(
      `${type.kind} in version "v1" cannot be handled as a ${type.kind}: strict decoding error: ${strictErrors.join(', ')}`,
    );
  const metadata = { name: '', ...(decoded['metadata'] as object | undefined) };
  const object = { ...decoded, kind: type.kind, apiVersion: apiVersionOf(type), metadata } as ApiObject;
  return { object, warnings: mode === 'Warn' ? strictErrors : [] };
}

/** Whether nothing is to be kept. Throws 422 for a value other than `All`. */
export function isDryRun(values: readonly string[]): boolean {
  const causes: StatusCause[] = values
    .filter((value) => value !== 'All' && value !== '')
    .map((value) => notSupported('dryRun', value, ['All']));
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', causes);
  return values.includes('All');
}

function checkKind(type: ResourceType, value: Readonly<Record<string, unknown>>): void {
  const { kind = type.kind, apiVersion = apiVersionOf(type) } = value as {
    kind?: string;
    apiVersion?: string;
  };
  if (kind === type.kind && apiVersion === apiVersionOf(type)) return;
  if (kind === type.kind)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(type)})`,
    );
  throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${type.kind}: no kind match`);
}

function fieldValidation(query: URLSearchParams): 'Strict' | 'Warn' | 'Ignore' {
  const value = query.get('fieldValidation') ?? 'Warn';
  if (value === '' || value === 'Warn') return 'Warn';
  if (value === 'Strict' || value === 'Ignore') return value;
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    notSupported('fieldValidation', value, ['Ignore', 'Strict', 'Warn']),
  ]);
}
