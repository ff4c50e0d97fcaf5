import { isEqualJson, isObject, prototypeKey } from './json-value.ts';
import { patchError } from './patch-error.ts';

/**
 * RFC 6902, in the words of the API server where it does not apply. Pure.
 *
 * @throws KanikitError `patch-invalid` for a path that is not there, a failed `test`, or what is no JSON patch
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw patchError('a JSON patch is a list of operations');
  return patch.reduce((document: unknown, operation: unknown) => {
    if (!isObject(operation) || typeof operation['path'] !== 'string')
      throw patchError(`not an operation with a path: ${JSON.stringify(operation)}`);
    return applyOperation(document, operation as unknown as Operation);
  }, target);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

function applyOperation(document: unknown, operation: Operation): unknown {
  const path = parsePointer(operation.path);
  switch (operation.op) {
    case 'add':
      return change(document, path, 'add', operation.value);
    case 'remove':
      return change(document, path, 'remove', undefined);
    case 'replace':
      read(document, path, operation.path);
      return change(document, path, 'replace', operation.value);
    case 'move': {
      const from = parsePointer(operation.from);
      const value = read(document, from, operation.from ?? '');
      return change(change(document, from, 'remove', undefined), path, 'add', value);
    }
    case 'copy':
      return change(
        document,
        path,
        'add',
        read(document, parsePointer(operation.from), operation.from ?? ''),
      );
    case 'test':
      if (isEqualJson(read(document, path, operation.path), operation.value)) return document;
      throw patchError(`testing value ${operation.path} failed: test failed`);
    default:
      throw patchError(`Unexpected kind: ${operation.op}`);
  }
}

function parsePointer(pointer: string | undefined): readonly string[] {
  if (pointer === '') return [];
  if (pointer === undefined || !pointer.startsWith('/')) throw patchError(`not a JSON pointer: ${pointer}`);
  const keys = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (keys.includes(prototypeKey)) throw patchError(`no field has this name: ${pointer}`);
  return keys;
}

function read(document: unknown, path: readonly string[], pointer: string): unknown {
  let value = document;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
    if (value === undefined) throw patchError(`${pointer} does not exist: missing path: key does not exist`);
  }
  return value;
}

function change(
  document: unknown,
  path: readonly string[],
  kind: 'add' | 'remove' | 'replace',
  value: unknown,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    const index = key === '-' && kind === 'add' ? document.length : Number(key);
    const limit = kind === 'add' && rest.length === 0 ? document.length : document.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > limit)
      throw patchError(`unable to access invalid index: ${key}: invalid index referenced`);
    if (rest.length > 0) return document.with(index, change(document[index], rest, kind, value));
    if (kind === 'replace') return document.with(index, value);
    return kind === 'add' ? document.toSpliced(index, 0, value) : document.toSpliced(index, 1);
  }
  if (
    typeof document !== 'object' ||
    document === null ||
    (!Object.hasOwn(document, key) && (rest.length > 0 || kind === 'remove'))
  )
    throw patchError(`operation does not apply: doc is missing path: ${key}: missing value`);
  const result: Record<string, unknown> = { ...document };
  if (rest.length > 0) result[key] = change(result[key], rest, kind, value);
  else if (kind === 'remove') delete result[key];
  else result[key] = value;
  return result;
}
