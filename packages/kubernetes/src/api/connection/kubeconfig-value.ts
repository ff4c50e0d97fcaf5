import { kubeconfigError } from './kubeconfig-error.ts';

/** Where a value is in a kubeconfig, for errors. */
export interface Place {
  readonly file: string;
  /** `clusters[1].cluster.server`; empty for the whole file. */
  readonly path: string;
}

/**
 * Makes typed data of a plain value, as Go's JSON decoder does: nothing and null are the empty value of the type, and no value of another type
 * is taken.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export type Decode<T> = (value: unknown, place: Place) => T;

export const text: Decode<string> = (value, place) => {
  if (isAbsent(value)) return '';
  if (typeof value === 'string') return value;
  throw wrong(place, 'must be text');
};

export const flag: Decode<boolean> = (value, place) => {
  if (isAbsent(value)) return false;
  if (typeof value === 'boolean') return value;
  throw wrong(place, 'must be true or false');
};

/** Text in base64, as Go's `StdEncoding` takes it: padded, and without blanks, but in as many lines as there are. */
export const base64Text: Decode<string> = (value, place) => {
  const lines = text(value, place).replaceAll(/[\r\n]/g, '');
  if (lines.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(lines))
    return Buffer.from(lines, 'base64').toString('utf8');
  throw wrong(place, 'is not base64');
};

/** Any value, left as it is. */
export const anything: Decode<unknown> = (value) => value;

export function optional<T>(decode: Decode<T>): Decode<T | undefined> {
  return (value, place) => (isAbsent(value) ? undefined : decode(value, place));
}

export function listOf<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (value, place) => {
    if (isAbsent(value)) return [];
    if (!Array.isArray(value)) throw wrong(place, 'must be a list');
    return value.map((item: unknown, at) => decode(item, { ...place, path: `${place.path}[${at}]` }));
  };
}

export function mapOf<T>(decode: Decode<T>): Decode<Readonly<Record<string, T>>> {
  return (value, place) => {
    const entries = Object.entries(fieldsOf(value, place));
    return Object.fromEntries(entries.map(([name, inner]) => [name, decode(inner, at(place, name))]));
  };
}

/**
 * By property: the name of the field in the file, and what it holds. `unused` are fields that only have to be of their type; all others are
 * ignored.
 */
export function object<T extends object>(
  table: { readonly [Property in keyof T]-?: readonly [name: string, decode: Decode<T[Property]>] },
  unused: Readonly<Record<string, Decode<unknown>>> = {},
): Decode<T> {
  const rows = Object.entries(table) as [string, readonly [string, Decode<unknown>]][];
  return (value, place) => {
    const fields = fieldsOf(value, place);
    for (const [name, decode] of Object.entries(unused)) decode(fields[name], at(place, name));
    const decoded = rows.map(([property, [name, decode]]) => [
      property,
      decode(fields[name], at(place, name)),
    ]);
    return Object.fromEntries(decoded) as T;
  };
}

/** An entry of `clusters`, `users` or `contexts`. */
export interface Entry<T> {
  readonly name: string;
  readonly fields: T;
  /** Where the fields are: `clusters[1].cluster`. */
  readonly place: Place;
}

/** Entries with names, none of them twice; `kind` is the name of the field beside the name. */
export function entriesOf<T>(kind: string, decode: Decode<T>): Decode<readonly Entry<T>[]> {
  const entry: Decode<Entry<T>> = (value, place) => {
    const fields = fieldsOf(value, place);
    const inner = at(place, kind);
    return {
      name: text(fields['name'], at(place, 'name')),
      fields: decode(fields[kind], inner),
      place: inner,
    };
  };
  return (value, place) => {
    const entries = listOf(entry)(value, place);
    const names = new Set<string>();
    for (const [index, { name, fields }] of entries.entries()) {
      if (names.has(name))
        throw wrong({ ...place, path: `${place.path}[${index}].name` }, `is "${name}" for the second time`);
      // An extension without a value is none.
      if (!isAbsent(fields)) names.add(name);
    }
    return entries;
  };
}

function fieldsOf(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (isAbsent(value)) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw wrong(place, 'must hold fields');
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function at({ file, path }: Place, name: string): Place {
  return { file, path: path === '' ? name : `${path}.${name}` };
}

function wrong({ file, path }: Place, problem: string): Error {
  return kubeconfigError(file, path === '' ? `it ${problem}` : `${path} ${problem}`);
}
