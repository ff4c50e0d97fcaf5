import { randomUUID } from 'node:crypto';
import { cleanUpMs, withGrace } from './request-signals.ts';
import type { S3Access } from './s3-client.ts';

/**
 * Proves that the bucket is there and may be written by opening an upload in parts and giving it up: unlike a test object that
 * leaves nothing behind, not even a version or a delete marker.
 */
export async function proveWritable(
  { sdk, client }: S3Access,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `.kanikit-check-${randomUUID()}`;
  const place = { Bucket: bucket, Key: prefix === '' ? name : `${prefix}/${name}` };
  // Not cancelled at once: without the answer the upload could not be given up.
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(place), {
    abortSignal: withGrace(signal),
  });
  await client.send(new sdk.AbortMultipartUploadCommand({ ...place, UploadId }), {
    abortSignal: AbortSignal.timeout(cleanUpMs),
  });
  signal.throwIfAborted();
}
