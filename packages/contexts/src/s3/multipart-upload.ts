import type { CompletedPart } from '@aws-sdk/client-s3';
import { lateSignal } from '../store/late-signal.ts';
import { cleanUpMs, withGrace } from './request-signals.ts';
import type { S3Access } from './s3-client.ts';

export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What names an upload in parts in its requests. */
export interface UploadInParts {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

export const contentType = 'application/gzip';

/**
 * Makes an object of parts, or none: a failure, or an abort, leaves no upload behind.
 *
 * @param sendParts rejects only once none of its requests is on the way: a part that lands after the end would stay
 * @returns the version of the object, in a bucket that has versions
 */
export async function uploadInParts(
  { sdk, client }: S3Access,
  target: ObjectTarget,
  sendParts: (upload: UploadInParts) => Promise<readonly CompletedPart[]>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = { Bucket: target.bucket, Key: target.key };
  // Not cancelled at once: without the answer there is no identifier to end the upload by.
  const { UploadId } = await client.send(
    new sdk.CreateMultipartUploadCommand({ ...place, ContentType: contentType, Metadata: target.metadata }),
    { abortSignal: withGrace(signal) },
  );
  const upload = { ...place, UploadId };
  try {
    signal.throwIfAborted();
    const parts = await sendParts(upload);
    signal.throwIfAborted();
    const done = await client.send(
      new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [...parts] } }),
      { abortSignal: lateSignal(signal) },
    );
    return done.VersionId;
  } catch (error) {
    // What failed counts, not whether the server could be told.
    await client
      .send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(cleanUpMs) })
      .catch(() => {});
    throw error;
  }
}
