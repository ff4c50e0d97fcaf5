export { createAzureBlobSource } from './azure-blob-source.ts';
export { createAzureBlobStore } from './azure-blob-store.ts';
export type { AzureBlobAccessOptions, AzureBlobStoreOptions } from './azure-blob-options.ts';
export { azureBlobLifecycleRule } from './lifecycle-rule.ts';
