import { isObject } from './merge-patch.ts';

/** By which field the items of a list are told apart; lists not named here are replaced whole (`atomic`). */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  conditions: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
};
/** Lists of plain values that are merged as sets. */
const mergedSets = new Set(['finalizers']);

/** Kubernetes' strategic merge patch with its directives, for the lists of the kinds the sandbox serves. */
export function applyStrategicMerge(target: unknown, patch: unknown): unknown {
  return isObject(patch) ? mergeObject(isObject(target) ? target : {}, patch) : patch;
}

type Json = Readonly<Record<string, unknown>>;

function mergeObject(target: Json, patch: Json): unknown {
  if (patch['$patch'] === 'delete') return undefined;
  if (patch['$patch'] === 'replace') return without(patch, ['$patch']);
  const result: Record<string, unknown> = { ...target };
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained))
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const name = key.slice('$deleteFromPrimitiveList/'.length);
      const removed = value as readonly unknown[];
      if (Array.isArray(result[name])) result[name] = result[name].filter((item) => !removed.includes(item));
      continue;
    }
    const merged = value === null ? undefined : mergeValue(key, result[key], value);
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  for (const [key, order] of Object.entries(patch)) {
    const name = key.slice('$setElementOrder/'.length);
    if (key.startsWith('$setElementOrder/') && Array.isArray(result[name]) && Array.isArray(order))
      result[name] = inOrder(name, result[name], order);
  }
  return result;
}

function mergeValue(key: string, target: unknown, patch: unknown): unknown {
  if (isObject(patch)) return mergeObject(isObject(target) ? target : {}, patch);
  if (!Array.isArray(patch)) return patch;
  const present = Array.isArray(target) ? target : [];
  if (mergedSets.has(key)) return [...new Set([...present, ...patch])];
  const mergeKey = mergeKeys[key];
  return mergeKey === undefined || !patch.every(isObject) ? patch : mergeList(mergeKey, present, patch);
}

function mergeList(mergeKey: string, target: readonly unknown[], patch: readonly Json[]): readonly unknown[] {
  if (patch.some((item) => item['$patch'] === 'replace' && item[mergeKey] === undefined))
    return patch.filter((item) => item['$patch'] !== 'replace');
  let result = target;
  for (const item of patch) {
    const index = result.findIndex((entry) => isObject(entry) && entry[mergeKey] === item[mergeKey]);
    if (item['$patch'] === 'delete') result = index < 0 ? result : result.toSpliced(index, 1);
    else if (index < 0) result = [...result, without(mergeObject({}, item) as Json, ['$patch'])];
    else result = result.with(index, mergeObject(result[index] as Json, item));
  }
  return result;
}

function inOrder(name: string, items: readonly unknown[], order: readonly unknown[]): readonly unknown[] {
  const mergeKey = mergeKeys[name];
  const identity = (item: unknown) => (mergeKey !== undefined && isObject(item) ? item[mergeKey] : item);
  const wanted = order.map(identity);
  const rank = (item: unknown) => {
    const index = wanted.indexOf(identity(item));
    return index < 0 ? wanted.length : index;
  };
  return items.toSorted((a, b) => rank(a) - rank(b));
}

function without(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
