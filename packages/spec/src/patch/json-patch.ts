import { isEqualJson, isObject, prototypeKey } from './json-value.ts';
import { createOwnedValues, type OwnedValues } from './owned-values.ts';
import { patchError } from './patch-error.ts';

/** As many as the API server takes. */
const mostOperations = 10_000;

/**
 * RFC 6902, in the words of the API server where it does not apply. Pure.
 *
 * @throws KanikitError `patch-invalid` for a path that is not there, a failed `test`, or what is no JSON patch
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw patchError('a JSON patch is a list of operations');
  if (patch.length > mostOperations)
    throw patchError(
      `The allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`,
    );
  const owned = createOwnedValues();
  return patch.reduce((document: unknown, operation: unknown) => {
    if (!isObject(operation) || typeof operation['path'] !== 'string')
      throw patchError(`not an operation with a path: ${JSON.stringify(operation)}`);
    return applyOperation(document, operation as unknown as Operation, owned);
  }, target);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

function applyOperation(document: unknown, operation: Operation, owned: OwnedValues): unknown {
  const path = parsePointer(operation.path);
  const change = (from: unknown, at: readonly string[], kind: Change, value: unknown): unknown =>
    changed(from, at, 0, { kind, value, owned });
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
        owned.copy(read(document, parsePointer(operation.from), operation.from ?? '')),
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

type Change = 'add' | 'remove' | 'replace';

interface ChangeAt {
  readonly kind: Change;
  readonly value: unknown;
  readonly owned: OwnedValues;
}

function changed(document: unknown, path: readonly string[], at: number, what: ChangeAt): unknown {
  const { kind, value, owned } = what;
  const key = path[at];
  if (key === undefined) return value;
  const isLast = at === path.length - 1;
  if (Array.isArray(document)) {
    const index = key === '-' && kind === 'add' ? document.length : Number(key);
    const limit = kind === 'add' && isLast ? document.length : document.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > limit)
      throw patchError(`unable to access invalid index: ${key}: invalid index referenced`);
    const list = owned.own(document as unknown[]);
    if (!isLast) list[index] = changed(list[index], path, at + 1, what);
    else if (kind === 'replace') list[index] = value;
    else if (kind === 'add') list.splice(index, 0, value);
    else list.splice(index, 1);
    return list;
  }
  if (!isObject(document) || (!Object.hasOwn(document, key) && (!isLast || kind === 'remove')))
    throw patchError(`operation does not apply: doc is missing path: ${key}: missing value`);
  const result = owned.own<Record<string, unknown>>(document);
  if (!isLast) result[key] = changed(result[key], path, at + 1, what);
  else if (kind === 'remove') delete result[key];
  else result[key] = value;
  return result;
}
