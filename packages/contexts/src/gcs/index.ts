export { createGcsSource } from './gcs-source.ts';
export { createGcsStore } from './gcs-store.ts';
export type { GcsAccessOptions, GcsStoreOptions } from './gcs-options.ts';
export { gcsLifecycleRule } from './lifecycle-rule.ts';
