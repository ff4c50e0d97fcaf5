import type { ApiObject } from '../objects.ts';
import { createChangeWindow, type StoreChange } from './change-window.ts';
import { openJournal } from './journal.ts';

/** Objects by resource, with one global counter of resource versions, kept in a folder. Synchronous: a write is done when it returns. */
export interface ObjectStore {
  /** The counter's present value. Never goes back, not even over `kill -9`. */
  version(): number;
  get(resource: string, namespace: string | undefined, name: string): ApiObject | undefined;
  /** Sorted by namespace and name, as etcd keys are. */
  list(resource: string, namespace?: string): readonly ApiObject[];
  /** Creates or replaces; returns the stored object with its new `resourceVersion`, or the old one when nothing changed. */
  put(resource: string, object: ApiObject): ApiObject;
  /** Removes; returns the object as it was with the version of its removal, or undefined when it was gone. */
  remove(resource: string, object: ApiObject): ApiObject | undefined;
  /** Changes of every resource after `version`; undefined when the window no longer reaches back that far. */
  changesSince(version: number): readonly StoreChange[] | undefined;
  /** Calls the listener after each write, in order, until the returned function is called. */
  subscribe(listener: (change: StoreChange) => void): () => void;
  close(): void;
}

export interface ObjectStoreOptions {
  readonly folder: string;
  /** @default 5000 changes */
  readonly windowSize?: number;
  /** Journal size that starts a compaction. @default 8 MiB */
  readonly compactBytes?: number;
}

/** Opens the store of a folder, creating it when absent. */
export function openObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { folder, compactBytes = 8 * 1024 * 1024 } = options;
  const journal = openJournal(folder);
  const objects = new Map<string, Map<string, ApiObject>>();
  const listeners = new Set<(change: StoreChange) => void>();
  const unannounced: StoreChange[] = [];
  const window = createChangeWindow(journal.snapshotVersion, options.windowSize);
  let version = journal.snapshotVersion;
  let compactAt = compactBytes;

  for (const { resource, object } of journal.snapshot) of(resource).set(keyOf(object), object);
  // The window is rebuilt from the journal, so watches resume over a restart.
  for (const { version: at, type, resource, object } of journal.entries) {
    version = Math.max(version, at);
    window.add(apply(type, resource, object, at));
  }

  function of(resource: string): Map<string, ApiObject> {
    let found = objects.get(resource);
    if (found === undefined) objects.set(resource, (found = new Map()));
    return found;
  }

  function apply(type: 'put' | 'delete', resource: string, object: ApiObject, at: number): StoreChange {
    const key = keyOf(object);
    const previous = of(resource).get(key);
    if (type === 'put') of(resource).set(key, object);
    else of(resource).delete(key);
    const change = type === 'delete' ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    return { type: change, resource, object, previous, version: at };
  }

  function write(type: 'put' | 'delete', resource: string, object: ApiObject): ApiObject {
    const stamped = withVersion(object, String(version + 1));
    journal.append({ version: version + 1, type, resource, object: stamped });
    version += 1;
    const change = apply(type, resource, stamped, version);
    window.add(change);
    announce(change);
    if (journal.sizeBytes() > compactAt) compact();
    return stamped;
  }

  // A listener may write; every listener still sees every change in order.
  function announce(change: StoreChange): void {
    unannounced.push(change);
    if (unannounced.length > 1) return;
    for (let next = unannounced[0]; next !== undefined; next = unannounced[0]) {
      try {
        for (const listener of listeners) listener(next);
      } finally {
        unannounced.shift();
      }
    }
  }

  function compact(): void {
    try {
      journal.compact(version, everything());
      compactAt = compactBytes;
    } catch {
      // No space for a second copy: the journal is whole and keeps growing; try again when it has doubled.
      compactAt = journal.sizeBytes() * 2;
    }
  }

  function* everything(): Generator<{ resource: string; object: ApiObject }> {
    for (const [resource, stored] of objects)
      for (const object of stored.values()) yield { resource, object };
  }

  return {
    version: () => version,
    get: (resource, namespace, name) => objects.get(resource)?.get(`${namespace ?? ''}/${name}`),
    list(resource, namespace) {
      const entries = [...(objects.get(resource) ?? [])];
      const wanted =
        namespace === undefined ? entries : entries.filter(([key]) => key.startsWith(`${namespace}/`));
      return wanted.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
    },
    put(resource, object) {
      const previous = of(resource).get(keyOf(object));
      const isSame =
        previous !== undefined && isEqual(withVersion(object, previous.metadata.resourceVersion), previous);
      return isSame ? previous : write('put', resource, object);
    },
    remove(resource, object) {
      const present = of(resource).get(keyOf(object));
      return present === undefined ? undefined : write('delete', resource, present);
    },
    changesSince: (since) => window.since(since),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => journal.close(),
  };
}

function keyOf(object: ApiObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function withVersion(object: ApiObject, resourceVersion: string): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = Object.entries(b).filter(([, value]) => value !== undefined);
  if (left.length !== right.length) return false;
  return left.every(([key, value]) => isEqual(value, (b as Record<string, unknown>)[key]));
}
