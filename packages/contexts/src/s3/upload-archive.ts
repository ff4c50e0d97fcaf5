import { createHash } from 'node:crypto';
import { withAbort } from '../streams/read-all.ts';
import {
  contentType,
  type MultipartUpload,
  type ObjectTarget,
  partBytes,
  removeObject,
  startMultipartUpload,
} from './multipart-upload.ts';
import { createPartCollector } from './part-collector.ts';
import { cleanupTimeoutMs } from './request-signals.ts';
import type { S3Access } from './s3-client.ts';

export interface UploadedArchive {
  readonly key: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly isReused: boolean;
  /** Named by content, and possibly in use by other runs. */
  readonly isShared: boolean;
}

export interface UploadTarget {
  readonly bucket: string;
  /** Where an archive goes whose hash is known before it is sent; those are looked up first when `isShared`. */
  keyOf(sha256: string | undefined): { readonly key: string; readonly isShared: boolean };
  readonly metadata: Readonly<Record<string, string>>;
}

/** Stores the archive whole or not at all. One that fits a part is hashed first and sent in one request. */
export async function uploadArchive(
  access: S3Access,
  archive: AsyncIterable<Uint8Array>,
  target: UploadTarget,
  onProgress: ((bytes: number, totalBytes: number | undefined) => void) | undefined,
  signal: AbortSignal,
): Promise<UploadedArchive> {
  const hash = createHash('sha256');
  const collector = createPartCollector(partBytes);
  const { key } = target.keyOf(undefined);
  let sizeBytes = 0;
  let sentBytes = 0;
  let upload: MultipartUpload | undefined;
  const onSent = (bytes: number): void => {
    sentBytes += bytes;
    onProgress?.(sentBytes, undefined);
  };
  try {
    for await (const chunk of withAbort(archive, signal)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      for (const part of collector.add(chunk)) {
        upload ??= await startMultipartUpload(access, { ...target, key }, onSent, signal);
        signal.throwIfAborted();
        await upload.add(part);
      }
    }
    const sha256 = hash.digest('hex');
    const rest = collector.rest();
    if (upload === undefined) {
      const stored = await putWhole(access, rest, sha256, target, signal);
      if (!stored.isReused) onProgress?.(sizeBytes, sizeBytes);
      return stored;
    }
    if (rest.length > 0) await upload.add(rest);
    await upload.complete();
    return { key, sha256, sizeBytes, isReused: false, isShared: false };
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}

async function putWhole(
  access: S3Access,
  body: Buffer,
  sha256: string,
  target: UploadTarget,
  signal: AbortSignal,
): Promise<UploadedArchive> {
  const { key, isShared } = target.keyOf(sha256);
  const result = { key, sha256, sizeBytes: body.length, isShared };
  if (isShared && (await isStored(access, target.bucket, key, body.length, signal))) {
    return { ...result, isReused: true };
  }
  const object: ObjectTarget = { ...target, key };
  try {
    await access.client.send(
      new access.sdk.PutObjectCommand({
        Bucket: object.bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        Metadata: object.metadata,
      }),
      { abortSignal: signal },
    );
  } catch (error) {
    // The server may have stored it although its answer never came. A shared one is whole, and may be another run's.
    if (!isShared) await removeObject(access, object, AbortSignal.timeout(cleanupTimeoutMs)).catch(() => {});
    throw error;
  }
  return { ...result, isReused: false };
}

async function isStored(
  { sdk, client }: S3Access,
  bucket: string,
  key: string,
  sizeBytes: number,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    const head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return head.ContentLength === sizeBytes;
  } catch (error) {
    // Without s3:ListBucket a missing object answers 403: sending it again is right in both cases.
    if (error instanceof sdk.S3ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500)
      return false;
    throw error;
  }
}
