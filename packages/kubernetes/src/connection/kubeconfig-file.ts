import path from 'node:path';
import { readWholeFile } from '@kanikit/toolkit/files';
import { kubeconfigError } from './kubeconfig-error.ts';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/** Plain data of a kubeconfig, looked at with `FieldReader`. */
export type Fields = Readonly<Record<string, unknown>>;

/** An entry of `clusters`, `users` or `contexts` and where it came from. */
export interface NamedEntry {
  readonly name: string;
  readonly fields: Fields;
  /** Where it stands, for errors: `clusters[1].cluster`. */
  readonly place: string;
  readonly file: string;
}

/** One kubeconfig file. */
export interface KubeconfigFile {
  readonly file: string;
  readonly currentContext: string | undefined;
  readonly clusters: readonly NamedEntry[];
  readonly users: readonly NamedEntry[];
  readonly contexts: readonly NamedEntry[];
}

/**
 * Reads one file; undefined when it does not exist.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function readKubeconfigFile(file: string): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = (await readWholeFile(file, { largestBytes })).toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw kubeconfigError(file, code === 'EISDIR' ? 'it is a folder' : `it can't be read (${code})`, error);
  }
  const value = await parse(text, file);
  if (value === null || value === undefined) {
    return { file, currentContext: undefined, clusters: [], users: [], contexts: [] };
  }
  if (!isFields(value)) throw kubeconfigError(file, 'it holds no kubeconfig, but something else');
  return {
    file,
    currentContext: readString(value, 'current-context', file, ''),
    clusters: entries(value, 'clusters', 'cluster', file),
    users: entries(value, 'users', 'user', file),
    contexts: entries(value, 'contexts', 'context', file),
  };
}

/** A text field; undefined when absent or empty. */
export function readString(fields: Fields, name: string, file: string, place: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw kubeconfigError(file, `${at(place, name)} must be text`);
}

/** A list of texts; empty when absent. */
export function readStrings(fields: Fields, name: string, file: string, place: string): readonly string[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw kubeconfigError(file, `${at(place, name)} must be a list`);
  return value.map((item: unknown, index) => {
    // An empty entry of a list is an empty text, as kubectl reads it.
    if (item === null) return '';
    if (typeof item === 'string') return item;
    throw kubeconfigError(file, `${at(place, name)}[${index}] must be text`);
  });
}

/** A yes-or-no field; false when absent. */
export function readBoolean(fields: Fields, name: string, file: string, place: string): boolean {
  const value = fields[name];
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw kubeconfigError(file, `${at(place, name)} must be true or false`);
}

/** Bytes that stand in the file as base64 (`…-data`) or in a file of their own, relative to the kubeconfig. */
export async function readData(entry: NamedEntry, name: string): Promise<string | undefined> {
  const inline = readString(entry.fields, `${name}-data`, entry.file, entry.place);
  if (inline !== undefined) {
    const text = inline.replaceAll(/\s/g, '');
    if (/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, 'base64').toString('utf8');
    throw kubeconfigError(entry.file, `${entry.place}.${name}-data is not base64`);
  }
  const reference = readString(entry.fields, name, entry.file, entry.place);
  if (reference === undefined) return undefined;
  const location = resolveBeside(entry.file, reference);
  try {
    return (await readWholeFile(location, { largestBytes })).toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw kubeconfigError(
      entry.file,
      `${entry.place}.${name} names ${location}, which can't be read (${code})`,
      error,
    );
  }
}

/** Paths in a kubeconfig are relative to the file they stand in. */
export function resolveBeside(file: string, reference: string): string {
  return path.resolve(path.dirname(file), reference);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function parse(text: string, file: string): Promise<unknown> {
  const { readYaml, YamlError } = await import('@kanikit/toolkit/yaml');
  try {
    return await readYaml(text);
  } catch (error) {
    throw error instanceof YamlError ? kubeconfigError(file, error.message) : error;
  }
}

function entries(value: Fields, list: string, kind: string, file: string): readonly NamedEntry[] {
  const found = value[list];
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found)) throw kubeconfigError(file, `${list} must be a list`);
  return found.map((entry: unknown, index): NamedEntry => {
    const place = `${list}[${index}]`;
    if (!isFields(entry)) throw kubeconfigError(file, `${place} must have a name and a ${kind}`);
    const name = readString(entry, 'name', file, place);
    if (name === undefined) throw kubeconfigError(file, `${place}.name is missing`);
    const fields = entry[kind] ?? {};
    if (!isFields(fields)) throw kubeconfigError(file, `${place}.${kind} must hold fields`);
    return { name, fields, place: `${place}.${kind}`, file };
  });
}

function at(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}
