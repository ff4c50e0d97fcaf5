export { createContextStore } from './create-context-store.ts';
export type { StoreKind } from './store-kind.ts';
export type { ObjectOptions, ObjectStore, StoredObject } from './object-store.ts';
