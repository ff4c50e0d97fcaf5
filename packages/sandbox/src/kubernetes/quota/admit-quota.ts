import { parseQuantity } from '@kanikit/spec';
import type { ApiObject, Pod } from '../objects.ts';
import type { ResourceType } from '../resources.ts';
import { forbidden } from '../status-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { printAmount, type ResourceQuota, unspecified, usageOf } from './quota-usage.ts';

/**
 * Refuses an object for which a quota of its namespace has no room, as the admission of Kubernetes does: by the quota's status, one quota at a time.
 *
 * @throws StatusError 403
 */
export function admitQuota(store: ObjectStore, type: ResourceType, object: ApiObject): void {
  const { name, namespace } = object.metadata;
  const usage = usageOf(type.plural, object);
  for (const quota of store.list('resourcequotas', namespace) as readonly ResourceQuota[]) {
    const { hard = {}, used = {} } = quota.status ?? {};
    const refuse = (words: string) => forbidden(type, name, words);
    const lacking = type.kind === 'Pod' ? unspecified(object as Pod, Object.keys(hard)) : undefined;
    if (lacking !== undefined) throw refuse(`failed quota: ${quota.metadata.name}: ${lacking}`);
    const exceeded = Object.keys(hard)
      .filter((key) => {
        const wanted = usage.get(key) ?? 0;
        return wanted > 0 && (parseQuantity(used[key]) ?? 0) + wanted > (parseQuantity(hard[key]) ?? 0);
      })
      .toSorted();
    if (exceeded.length === 0) continue;
    const list = (amount: (key: string) => string) =>
      exceeded.map((key) => `${key}=${amount(key)}`).join(',');
    throw refuse(
      `exceeded quota: ${quota.metadata.name}, requested: ${list((key) => printAmount(key, usage.get(key) ?? 0))}, used: ${list((key) => used[key] ?? '0')}, limited: ${list((key) => hard[key] ?? '0')}`,
    );
  }
}
