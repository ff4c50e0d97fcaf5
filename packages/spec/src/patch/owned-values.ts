import { isObject } from './json-value.ts';
import { patchError } from './patch-error.ts';

/** Values that operations of one patch may copy: copies of copies double with each. The API server counts bytes, three megabytes of them. */
const mostCopied = 100_000;
/** No manifest is nested as deeply. */
const deepest = 1_000;

/** What one patch has made itself, so that each list and object is copied once, not for every operation on it. */
export interface OwnedValues {
  /** The value itself where the patch has made it, else a copy that it may change. */
  own<Value extends unknown[] | Record<string, unknown>>(value: Readonly<Value>): Value;
  /** A value that shares nothing with the given one. */
  copy(value: unknown): unknown;
}

export function createOwnedValues(): OwnedValues {
  const owned = new WeakSet<object>();
  let left = mostCopied;
  const copy = (value: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0) throw patchError(`the operations copy more than ${mostCopied} values`);
    if (depth > deepest) throw patchError(`what is copied is nested more than ${deepest} times`);
    if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, depth + 1)]));
  };
  return {
    own<Value extends unknown[] | Record<string, unknown>>(value: Readonly<Value>): Value {
      if (owned.has(value)) return value as Value;
      const made = (Array.isArray(value) ? [...value] : { ...value }) as Value;
      owned.add(made);
      return made;
    },
    copy: (value) => copy(value, 0),
  };
}
