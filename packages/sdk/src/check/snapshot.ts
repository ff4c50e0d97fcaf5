import { isPlainObject } from '@kanikit/spec/schema';

/** A copy of a value's lists and plain objects; anything else in it stays what it is. */
export function snapshotOf<T>(value: T): T {
  return copied(value, new Map()) as T;
}

/** @param copies of what was seen: aliases of YAML are one value in many places, and would be copied as often */
function copied(value: unknown, copies: Map<unknown, unknown>): unknown {
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy = Array.isArray(value)
    ? value.map((item: unknown) => copied(item, copies))
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copied(inner, copies)]));
  copies.set(value, copy);
  return copy;
}
