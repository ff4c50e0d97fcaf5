import { isObject, type JsonObject, prototypeKey } from './json-value.ts';
import { identityOf, inOrder, mergeKeyOf, mergeStrategyOf } from './merge-lists.ts';
import { patchError } from './patch-error.ts';

/**
 * Kubernetes' strategic merge patch with its directives (`$patch`, `$retainKeys`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`) for the
 * lists of pods and the kinds around them, as `kubectl patch` and the API server apply it. Pure.
 *
 * @throws KanikitError `patch-invalid` where an item lacks the field its list is merged by, or a directive is unknown
 */
export function applyStrategicMerge(target: unknown, patch: unknown): unknown {
  return isObject(patch) ? mergeObject(isObject(target) ? target : {}, patch) : patch;
}

function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  if (Object.hasOwn(patch, '$patch')) return replaced(patch);
  const result: Record<string, unknown> = retained(target, patch);
  const ordered = new Set<string>();
  for (const [key, order] of Object.entries(patch)) {
    const name = after('$setElementOrder/', key);
    if (name === undefined || name === prototypeKey) continue;
    ordered.add(name);
    checkOrder(name, listOf(patch[name]), listOf(order));
    const list = patch[name] === undefined ? result[name] : mergeValue(name, result[name], patch[name]);
    if (Array.isArray(list) && Array.isArray(order))
      result[name] = inOrder(name, list, order, listOf(target[name]));
  }
  for (const [key, value] of Object.entries(patch)) {
    const isNoField = key === '$retainKeys' || key === prototypeKey || key.startsWith('$setElementOrder/');
    if (isNoField || ordered.has(key)) continue;
    const removed = after('$deleteFromPrimitiveList/', key);
    if (removed !== undefined) {
      const gone = new Set(listOf(value));
      if (Array.isArray(result[removed])) result[removed] = result[removed].filter((item) => !gone.has(item));
    } else if (value === null) delete result[key];
    else {
      const merged = mergeValue(key, result[key], value);
      if (merged === undefined) delete result[key];
      else result[key] = merged;
    }
  }
  return result;
}

function mergeValue(key: string, target: unknown, patch: unknown): unknown {
  if (isObject(patch) && isObject(target)) return mergeObject(target, patch);
  if (!Array.isArray(patch) || !Array.isArray(target)) return withoutDirectives(patch);
  const strategy = mergeStrategyOf(key);
  switch (strategy) {
    case 'replace':
      return withoutDirectives(patch);
    case 'set':
      return inOrder(key, [...new Set([...target, ...patch])], patch, target);
    case 'merge':
      return mergeList(key, target, patch);
    default:
      return strategy satisfies never;
  }
}

function mergeList(key: string, target: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const items = patch.filter((item) => !isDirective(item));
  const gone = new Set<unknown>();
  let isReplaced = false;
  for (const directive of patch.filter(isDirective)) {
    if (directive['$patch'] === 'replace') isReplaced = true;
    else if (directive['$patch'] === 'delete') gone.add(keyIn(key, directive));
    else throw unknownDirective(directive);
  }
  if (isReplaced) return items.map(withoutDirectives);
  const present = target.filter((item) => !gone.has(identityOf(key, item)));
  return inOrder(key, withItems(key, present, items), items, present);
}

function withItems(key: string, present: readonly unknown[], items: readonly unknown[]): readonly unknown[] {
  const merged = [...present];
  // Of equal ones the first counts.
  const places = new Map(present.map((entry, place) => [identityOf(key, entry), place] as const).reverse());
  for (const item of items) {
    const place = places.get(keyIn(key, item));
    if (place === undefined) {
      const added = withoutDirectives(item);
      places.set(identityOf(key, added), merged.push(added) - 1);
    } else merged[place] = mergeObject(merged[place] as JsonObject, item as JsonObject);
  }
  return merged;
}

function isDirective(item: unknown): item is JsonObject {
  return isObject(item) && Object.hasOwn(item, '$patch');
}

/** The items of a patch stand in the order that it asks for. */
function checkOrder(key: string, items: readonly unknown[], order: readonly unknown[]): void {
  const wanted = order.map((item) => identityOf(key, item));
  let from = 0;
  for (const item of items) {
    if (isDirective(item)) continue;
    from = wanted.indexOf(identityOf(key, item), from) + 1;
    if (from === 0)
      throw patchError(
        `The order in patch list ${JSON.stringify(items)} doesn't match $setElementOrder list ${JSON.stringify(order)}`,
      );
  }
}

/** What identifies an item of a patch in its list. */
function keyIn(list: string, item: unknown): unknown {
  const identity = identityOf(list, item);
  if (identity !== undefined) return identity;
  throw patchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKeyOf(list)}`);
}

function replaced(patch: JsonObject): JsonObject {
  const { $patch: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  // An object that is deleted stays as an empty one; only null takes a field away.
  if (directive === 'delete') return {};
  throw unknownDirective(patch);
}

function unknownDirective(patch: JsonObject): Error {
  return patchError(`unknown patch type: ${JSON.stringify(patch['$patch'])} in ${JSON.stringify(patch)}`);
}

function retained(target: JsonObject, patch: JsonObject): Record<string, unknown> {
  const kept = patch['$retainKeys'];
  if (kept === undefined) return { ...target };
  const names = new Set(listOf(kept));
  const stray = Object.entries(patch).find(
    ([key, value]) => value !== null && !key.startsWith('$') && !names.has(key),
  );
  if (stray !== undefined) throw patchError('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(target).filter(([key]) => names.has(key)));
}

/** What is new in the object: nulls and directives are of no use to it. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDirective(item)).map(withoutDirectives);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '$patch')) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== null && !key.startsWith('$'))
      .map(([key, item]) => [key, withoutDirectives(item)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

function after(prefix: string, key: string): string | undefined {
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
