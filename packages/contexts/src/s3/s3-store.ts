import type { ContextStore, RunContext, StoredContext, UploadOptions } from '@kanikit/spec';
import { toBucketError } from './bucket-errors.ts';
import { proveWritable } from './prove-writable.ts';
import { removeObject } from './multipart-upload.ts';
import { cleanupTimeoutMs } from './request-signals.ts';
import { loadS3, type S3Access } from './s3-client.ts';
import { chooseDelivery, createS3Delivery } from './s3-delivery.ts';
import { describeBucket, type S3StoreOptions } from './s3-store-options.ts';
import { createUploadTarget } from './upload-target.ts';
import { uploadArchive } from './upload-archive.ts';

/**
 * A bucket of S3, or of a server that speaks its protocol, for local contexts.
 *
 * @example
 * const store = createS3Store({ bucket: 'builds', endpoint: 'https://minio.example.com' });
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function createS3Store(options: S3StoreOptions): ContextStore {
  chooseDelivery(options);
  let loading: Promise<S3Access> | undefined;
  const withBucket = async <Value>(
    action: string,
    run: RunContext,
    work: (access: S3Access) => Promise<Value>,
  ): Promise<Value> => {
    run.signal.throwIfAborted();
    try {
      return await work(await (loading ??= loadS3(options, options.endpoint)));
    } catch (error) {
      throw toBucketError(error, action, options, run.signal);
    }
  };

  return {
    specVersion: 1,
    kind: 's3',
    description: describeBucket(options),
    check: async (run) =>
      await withBucket(
        'checking the bucket',
        run,
        async (access) => await proveWritable(access, options, run.signal),
      ),
    upload: async (archive, upload, run) => {
      const failure: ArchiveFailure = { error: undefined };
      try {
        return await withBucket(
          'uploading the context to',
          run,
          async (access) => await store(access, notingFailure(archive, failure), upload, run),
        );
      } catch (error) {
        throw failure.error ?? error;
      }
    },
  };

  async function store(
    access: S3Access,
    archive: AsyncIterable<Uint8Array>,
    upload: UploadOptions,
    run: RunContext,
  ): Promise<StoredContext> {
    const target = createUploadTarget(options, upload);
    const stored = await uploadArchive(access, archive, target, upload.onProgress, run.signal);
    const object = { bucket: options.bucket, key: stored.key };
    try {
      return {
        location: describeBucket(options, stored.key),
        digest: `sha256:${stored.sha256}`,
        sizeBytes: stored.sizeBytes,
        isReused: stored.isReused,
        delivery: await createS3Delivery(access, options, stored.key, upload.lifetimeMs),
        remove: async (removeRun) => {
          if (stored.isShared) return;
          await withBucket('removing the context from', removeRun, async (removing) => {
            await removeObject(removing, object, removeRun.signal);
          });
        },
      };
    } catch (error) {
      if (!stored.isShared) {
        await removeObject(access, object, AbortSignal.timeout(cleanupTimeoutMs)).catch(() => {});
      }
      throw error;
    }
  }
}

/** What went wrong in the archive itself: the caller's own error, which it gets back as it is. */
interface ArchiveFailure {
  error: unknown;
}

async function* notingFailure(
  archive: AsyncIterable<Uint8Array>,
  failure: ArchiveFailure,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* archive;
  } catch (error) {
    failure.error = error;
    throw error;
  }
}
