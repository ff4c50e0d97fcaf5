import { isPlainObject } from './plain-object.ts';
import { type Schema, such } from './shapes.ts';

/** No manifest is nested as deeply; a value that contains itself is, without an end. */
const mostLevels = 100;

/** A plain object that JSON can carry: a piece of a manifest. */
export const jsonObject: Schema<Readonly<Record<string, unknown>>> = such(
  (value) => isPlainObject(value) && isJson(value, new Set(), 0),
  'a plain object of what JSON has, nested at most 100 times',
);

/** A value that JSON can carry. */
export const jsonValue: Schema<unknown> = such(
  (value) => isJson(value, new Set(), 0),
  'a value that JSON has, nested at most 100 times',
);

/** @param known values that were looked at: aliases of YAML are one value in many places */
function isJson(value: unknown, known: Set<unknown>, level: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') {
    return true;
  }
  // Dates, which some readers of YAML make of timestamps.
  if (value instanceof Date) return true;
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  if (known.has(value)) return true;
  if (level === mostLevels) return false;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (!inner.every((item) => isJson(item, known, level + 1))) return false;
  known.add(value);
  return true;
}
