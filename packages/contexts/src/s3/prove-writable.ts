import { randomUUID } from 'node:crypto';
import { giveUp, openUpload } from './multipart-upload.ts';
import { cleanUpMs } from './request-signals.ts';
import type { S3Access } from './s3-client.ts';

/**
 * Proves that the bucket is there and may be written by opening an upload in parts and giving it up: unlike a test object that
 * leaves nothing behind, not even a version or a delete marker.
 */
export async function proveWritable(
  access: S3Access,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<void> {
  const name = `.kanikit-check-${randomUUID()}`;
  const key = prefix === '' ? name : `${prefix}/${name}`;
  const upload = await openUpload(access, { bucket, key, metadata: {} }, signal);
  await giveUp(access, upload, AbortSignal.timeout(cleanUpMs));
  signal.throwIfAborted();
}
