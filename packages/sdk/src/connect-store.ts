import type { ContextStore } from '@kanikit/spec';
import type { BucketOptions } from './options.ts';

/** The bucket for local contexts: a plugin of the user's, or a built-in one, loaded here. */
export async function connectStore(
  store: BucketOptions | ContextStore | undefined,
): Promise<ContextStore | undefined> {
  if (store === undefined) return undefined;
  if ('specVersion' in store) {
    const { supportedPlugin } = await import('./plugin/supported-plugin.ts');
    return supportedPlugin(store, 'store', `store ${store.description}`);
  }
  switch (store.kind) {
    case 's3':
      return (await import('@kanikit/contexts/s3')).createS3Store(store);
    case 'gcs':
      return (await import('@kanikit/contexts/gcs')).createGcsStore(store);
    case 'azure-blob':
      return (await import('@kanikit/contexts/azure-blob')).createAzureBlobStore(store);
    default:
      return store satisfies never;
  }
}
