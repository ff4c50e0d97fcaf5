import type { Background } from './background.ts';
import { removeOrMark } from './handlers/delete.ts';
import type { ApiObject } from './objects.ts';
import { resourceTypes, storedResource } from './resources.ts';
import type { ObjectStore } from './store/object-store.ts';

const collected = resourceTypes.filter((type) => type.verbs.includes('delete'));

/** Deletes what an object owned once it is gone, and what was created for an owner that is not there. Returns its end. */
export function startGarbageCollector(
  store: ObjectStore,
  background: Background,
  now: () => number,
): () => void {
  function collect(plural: string, object: ApiObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0 || owners.some((owner) => isThere(owner.uid))) return;
    const type = storedResource(plural);
    background.run(`collect ${object.metadata.uid}`, () => {
      const present = store.get(plural, object.metadata.namespace, object.metadata.name);
      if (present?.metadata.uid === object.metadata.uid) removeOrMark({ store, now }, type, present, {});
    });
  }

  function isThere(uid: string): boolean {
    return resourceTypes.some((type) =>
      store.list(type.plural).some((object) => object.metadata.uid === uid),
    );
  }

  function sweep(): void {
    for (const type of collected) for (const object of store.list(type.plural)) collect(type.plural, object);
  }

  // After a crash between the end of an owner and that of its dependents.
  sweep();
  return store.subscribe((change) => {
    if (change.type !== 'DELETED') {
      if (change.object.metadata.ownerReferences !== undefined)
        setImmediate(collect, change.resource, change.object);
      return;
    }
    const { uid, namespace } = change.object.metadata;
    for (const type of collected)
      for (const object of store.list(type.plural, namespace))
        if (object.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
          collect(type.plural, object);
  });
}
