import type { ContextSource } from '@kanikit/spec';
import type { BucketOptions, ContextAccess } from './options.ts';

/** The context sources kanikit comes with; a directory is what anything else is taken for, so it is asked last. */
export async function loadBuiltInSources(access: ContextAccess = {}): Promise<readonly ContextSource[]> {
  const [stdin, tar, git, s3, gcs, azureBlob, https, executorPath, local] = await Promise.all([
    import('@kanikit/contexts/stdin'),
    import('@kanikit/contexts/tar'),
    import('@kanikit/contexts/git'),
    import('@kanikit/contexts/s3'),
    import('@kanikit/contexts/gcs'),
    import('@kanikit/contexts/azure-blob'),
    import('@kanikit/contexts/https'),
    import('@kanikit/contexts/executor-path'),
    import('@kanikit/contexts/local'),
  ]);
  return [
    stdin.createStdinSource(),
    tar.createTarSource(),
    git.createGitSource(access.git),
    s3.createS3Source(access.s3),
    gcs.createGcsSource(access.gcs),
    azureBlob.createAzureBlobSource(access.azureBlob),
    https.createHttpsSource(access.https),
    executorPath.createExecutorPathSource(),
    local.createLocalSource(access.local),
  ];
}

/** Objects in the store's kind of bucket are reached as the store is, unless told otherwise. */
export function accessOf(access: ContextAccess | undefined, store: unknown): ContextAccess {
  if (!isBucketOptions(store)) return { ...access };
  switch (store.kind) {
    case 's3':
      return { ...access, s3: access?.s3 ?? store };
    case 'gcs':
      return { ...access, gcs: access?.gcs ?? store };
    case 'azure-blob':
      return { ...access, azureBlob: access?.azureBlob ?? store };
    default:
      return store satisfies never;
  }
}

/** Options of a built-in store, as opposed to a plugin. */
export function isBucketOptions(store: unknown): store is BucketOptions {
  return typeof store === 'object' && store !== null && !('specVersion' in store);
}
