import type { ContextStore } from '@kanikit/spec';
import type { S3StoreOptions } from './options.ts';

/** The bucket for local contexts: a plugin of the user's, or a built-in one, loaded here. */
export async function connectStore(
  store: S3StoreOptions | ContextStore | undefined,
): Promise<ContextStore | undefined> {
  if (store === undefined || 'specVersion' in store) return store;
  const { createS3Store } = await import('@kanikit/contexts/s3');
  return createS3Store(store);
}
