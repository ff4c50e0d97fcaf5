import type { Redactor } from './redactor.ts';

/** A plain value (objects, arrays, texts) with every text in it redacted; names of members stay. The same object where nothing was hidden. */
export function redactDeep<Value>(value: Value, redactor: Pick<Redactor, 'text'>): Value {
  return redacted(value, redactor) as Value;
}

function redacted(value: unknown, redactor: Pick<Redactor, 'text'>): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => redacted(item, redactor));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const entries = Object.entries(value).map(
    ([name, item]) => [name, item, redacted(item, redactor)] as const,
  );
  return entries.every(([, before, after]) => before === after)
    ? value
    : Object.fromEntries(entries.map(([name, , after]) => [name, after]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
