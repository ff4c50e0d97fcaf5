import { isObject } from './json-value.ts';

/**
 * By which field the items of a list are told apart: `patchMergeKey` of the types of core/v1 and meta/v1 that kanikit and its sandbox use. It
 * differs from what server-side apply goes by: constraints of topology spread are merged by `topologyKey` alone.
 */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  schedulingGates: 'name',
  resourceClaims: 'name',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  hostIPs: 'ip',
  secrets: 'name',
};

/** Lists of plain values that are merged as sets. */
const mergedSets = new Set(['finalizers']);

/** How a list of this name is patched: items merged by a key, values added to a set, or the list replaced whole (`atomic`). */
export function mergeStrategyOf(list: string): 'merge' | 'set' | 'replace' {
  if (mergedSets.has(list)) return 'set';
  return Object.hasOwn(mergeKeys, list) ? 'merge' : 'replace';
}

export function mergeKeyOf(list: string): string | undefined {
  return Object.hasOwn(mergeKeys, list) ? mergeKeys[list] : undefined;
}

/** What tells an item of this list from the others; the value itself in a list of plain values. */
export function identityOf(list: string, item: unknown): unknown {
  const key = mergeKeyOf(list);
  return key !== undefined && isObject(item) ? item[key] : item;
}

/**
 * The items in the order of the patch, with those the patch does not name put between them where they stood before; items that are new stand
 * before those the patch does not name.
 */
export function inOrder(
  list: string,
  items: readonly unknown[],
  patchOrder: readonly unknown[],
  formerOrder: readonly unknown[],
): readonly unknown[] {
  const rankIn = (order: readonly unknown[]): ((item: unknown) => number) => {
    // Of equal ones the first counts.
    const ranks = new Map(order.map((item, rank) => [identityOf(list, item), rank] as const).reverse());
    return (item) => ranks.get(identityOf(list, item)) ?? -1;
  };
  const patchRank = rankIn(patchOrder);
  const formerRank = rankIn(formerOrder);
  const named = items
    .filter((item) => patchRank(item) >= 0)
    .toSorted((left, right) => patchRank(left) - patchRank(right));
  const others = items
    .filter((item) => patchRank(item) < 0)
    .toSorted((left, right) => formerRank(left) - formerRank(right));
  const result: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const rank = formerRank(item);
    while (next < others.length && stoodBefore(formerRank(others[next]), rank)) {
      result.push(others[next]);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function stoodBefore(left: number, right: number): boolean {
  return left >= 0 && left < right;
}
