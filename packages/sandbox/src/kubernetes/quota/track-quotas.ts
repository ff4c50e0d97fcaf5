import type { Background } from '../background.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { printAmount, type ResourceQuota, usageOf } from './quota-usage.ts';

const counted = ['pods', 'secrets', 'configmaps'] as const;

/** Keeps the status of every quota: what may be used, and what is. Returns its end. */
export function startQuotas(store: ObjectStore, background: Background): () => void {
  function reckon(namespace: string | undefined): void {
    for (const quota of store.list('resourcequotas', namespace) as readonly ResourceQuota[]) {
      const hard = quota.spec?.hard ?? {};
      const used = Object.fromEntries(
        Object.keys(hard).map((name) => [name, printAmount(name, usedOf(quota.metadata.namespace, name))]),
      );
      store.put('resourcequotas', { ...quota, status: { hard, used } } as ResourceQuota);
    }
  }

  function usedOf(namespace: string | undefined, name: string): number {
    return counted
      .flatMap((plural) =>
        store.list(plural, namespace).map((object) => usageOf(plural, object).get(name) ?? 0),
      )
      .reduce((sum, amount) => sum + amount, 0);
  }

  reckon(undefined);
  return store.subscribe(({ resource, object }) => {
    const isCounted = resource === 'resourcequotas' || (counted as readonly string[]).includes(resource);
    if (!isCounted || store.list('resourcequotas', object.metadata.namespace).length === 0) return;
    background.run(`quotas ${object.metadata.namespace}`, () => reckon(object.metadata.namespace));
  });
}
