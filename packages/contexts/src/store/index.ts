export { createContextStore, type StoreKind } from './create-context-store.ts';
export type { ObjectOptions, ObjectStore, StoredObject } from './object-store.ts';
