import { parseQuantity } from '@kanikit/spec';
import { badRequest } from '../status-error.ts';
import { formatQuantity } from '../quantity.ts';
import type { Schema } from './schema.ts';

export interface Decoded {
  readonly value: Readonly<Record<string, unknown>>;
  /** One text for each unknown field, e.g. `unknown field "spec.containers[0].imag"`. */
  readonly strictErrors: readonly string[];
}

/**
 * Reads a JSON object as the API server's decoder does: unknown fields are dropped and reported, null means absent.
 *
 * @throws StatusError 400 in Go's words when a value has the wrong type
 */
export function decodeObject(kind: string, schema: Schema, value: unknown): Decoded {
  const strictErrors: string[] = [];
  try {
    const decoded = decode(schema, value, { path: '', goPath: '', owner: kind, strictErrors });
    return { value: (decoded ?? {}) as Record<string, unknown>, strictErrors };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${error.message}`);
  }
}

class DecodeError extends Error {}

interface Place {
  /** With list positions, for strict errors. */
  readonly path: string;
  /** Without them, as Go prints struct fields. */
  readonly goPath: string;
  readonly owner: string;
  readonly strictErrors: string[];
}

function decode(schema: Schema, value: unknown, place: Place): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema === 'any') return value;
  if (typeof schema === 'string') return decodeScalar(schema, value, place);
  if ('list' in schema) {
    if (!Array.isArray(value)) throw mismatch(value, `[]${goType(schema.list)}`, place);
    return value.map(
      (item, index) =>
        decode(schema.list, item, { ...place, path: `${place.path}[${index}]` }) ?? emptyValue(schema.list),
    );
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, goType(schema), place);
  const entries = Object.entries(value);
  const decoded: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const child = 'map' in schema ? schema.map : schema.fields[key];
    const path = place.path === '' ? key : `${place.path}.${key}`;
    if (child === undefined) {
      place.strictErrors.push(`unknown field "${path}"`);
      continue;
    }
    const goPath = place.goPath === '' ? key : `${place.goPath}.${key}`;
    const owner = 'struct' in schema ? schema.struct : place.owner;
    const result = decode(child, item, { ...place, path, goPath, owner });
    if (result !== undefined) decoded[key] = result;
  }
  return decoded;
}

/** What Go has for a null in a list. */
function emptyValue(schema: Schema): unknown {
  if (typeof schema !== 'string') return 'list' in schema ? [] : {};
  return { string: '', base64: '', integer: 0, boolean: false, quantity: '0' }[schema as string] ?? null;
}

type Scalar = Extract<Schema, string>;

function decodeScalar(schema: Exclude<Scalar, 'any'>, value: unknown, place: Place): unknown {
  switch (schema) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, 'string', place);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, 'bool', place);
      return value;
    case 'integer':
      if (!Number.isSafeInteger(value)) throw mismatch(value, 'int64', place);
      return value;
    case 'time':
      if (typeof value !== 'string') throw mismatch(value, 'string', place);
      if (Number.isNaN(Date.parse(value)))
        throw new DecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00"`);
      return value;
    case 'base64':
      if (typeof value !== 'string') throw mismatch(value, '[]uint8', place);
      if (badBase64At(value) !== undefined)
        throw new DecodeError(`illegal base64 data at input byte ${badBase64At(value)}`);
      return value;
    case 'quantity':
      return decodeQuantity(value, place);
    default:
      return schema satisfies never;
  }
}

function decodeQuantity(value: unknown, place: Place): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw mismatch(value, 'resource.Quantity', place);
  if (parseQuantity(String(value)) === undefined)
    throw new DecodeError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  return formatQuantity(String(value));
}

function badBase64At(text: string): number | undefined {
  const bad = /[^A-Za-z0-9+/]/.exec(text.replace(/={1,2}$/, ''));
  if (bad !== null) return bad.index;
  return text.length % 4 === 0 ? undefined : text.length - (text.length % 4);
}

function mismatch(value: unknown, wanted: string, place: Place): DecodeError {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const field = place.goPath === '' ? '' : `Go struct field ${place.owner}.${place.goPath}`;
  return new DecodeError(`json: cannot unmarshal ${found} into ${field} of type ${wanted}`);
}

function goType(schema: Schema): string {
  if (typeof schema === 'string')
    return { integer: 'int64', boolean: 'bool', base64: '[]uint8' }[schema as string] ?? schema;
  if ('list' in schema) return `[]${goType(schema.list)}`;
  return 'map' in schema ? `map[string]${goType(schema.map)}` : `v1.${schema.struct}`;
}
