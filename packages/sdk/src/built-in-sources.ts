import {
  isAzureReference,
  isExecutorPath,
  isGcsReference,
  isGitReference,
  isHttpsReference,
  isLocalReference,
  isS3Reference,
  isStdinReference,
  isTarReference,
} from '@kanikit/contexts/references';
import type { ContextSource } from '@kanikit/spec';
import type { BucketOptions, ContextAccess } from './options.ts';

/**
 * The context sources kanikit comes with, each loaded when it gets its first reference; a directory is what anything else is taken for, so it is
 * asked last.
 */
export function builtInSources(access: ContextAccess = {}): readonly ContextSource[] {
  return [
    onFirstUse('stdin', isStdinReference, async () =>
      (await import('@kanikit/contexts/stdin')).createStdinSource(),
    ),
    onFirstUse('tar', isTarReference, async () => (await import('@kanikit/contexts/tar')).createTarSource()),
    onFirstUse('git', isGitReference, async () =>
      (await import('@kanikit/contexts/git')).createGitSource(access.git),
    ),
    onFirstUse('s3', isS3Reference, async () =>
      (await import('@kanikit/contexts/s3')).createS3Source(access.s3),
    ),
    onFirstUse('gcs', isGcsReference, async () =>
      (await import('@kanikit/contexts/gcs')).createGcsSource(access.gcs),
    ),
    onFirstUse('azure-blob', isAzureReference, async () =>
      (await import('@kanikit/contexts/azure-blob')).createAzureBlobSource(access.azureBlob),
    ),
    onFirstUse('https', isHttpsReference, async () =>
      (await import('@kanikit/contexts/https')).createHttpsSource(access.https),
    ),
    onFirstUse('executor-path', isExecutorPath, async () =>
      (await import('@kanikit/contexts/executor-path')).createExecutorPathSource(),
    ),
    onFirstUse('local', isLocalReference, async () =>
      (await import('@kanikit/contexts/local')).createLocalSource(access.local),
    ),
  ];
}

function onFirstUse(
  kind: string,
  accepts: ContextSource['accepts'],
  load: () => Promise<ContextSource>,
): ContextSource {
  let loaded: Promise<ContextSource> | undefined;
  return {
    specVersion: 1,
    kind,
    accepts,
    open: async (request, run) => (await (loaded ??= load())).open(request, run),
  };
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
