import type { CompletedPart } from '@aws-sdk/client-s3';
import { lateSignal } from '../store/late-signal.ts';
import { cleanUpMs, withGrace } from './request-signals.ts';
import type { S3Connection } from './s3-client.ts';
import { statusOf } from './s3-errors.ts';

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

/** What was sent for an upload in parts. */
export interface SentParts {
  readonly parts: readonly CompletedPart[];
  readonly sizeBytes: number;
}

export const contentType = 'application/gzip';

/**
 * Makes an object of parts, or none: a failure, or an abort, leaves no upload behind.
 *
 * @param sendParts rejects only once none of its requests is on the way: a part that lands after the end would stay
 * @returns the version of the object, in a bucket that has versions
 */
export async function uploadInParts(
  { sdk, client }: S3Connection,
  target: ObjectTarget,
  sendParts: (upload: UploadInParts) => Promise<SentParts>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const upload = await openUpload({ sdk, client }, target, signal);
  try {
    signal.throwIfAborted();
    const sent = await sendParts(upload);
    signal.throwIfAborted();
    return await complete({ sdk, client }, upload, sent, lateSignal(signal));
  } catch (error) {
    // What failed counts, not whether the server could be told.
    await giveUp({ sdk, client }, upload, AbortSignal.timeout(cleanUpMs)).catch(() => {});
    throw error;
  }
}

async function complete(
  { sdk, client }: S3Connection,
  upload: UploadInParts,
  { parts, sizeBytes }: SentParts,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const completion = { ...upload, MultipartUpload: { Parts: [...parts] } };
  try {
    const done = await client.send(new sdk.CompleteMultipartUploadCommand(completion), { abortSignal });
    return done.VersionId;
  } catch (error) {
    if (!(error instanceof sdk.NoSuchUpload) || (error.$metadata.attempts ?? 1) < 2) throw error;
    // The first attempt did it, its answer was lost, and the second found nothing left to do.
    const place = { Bucket: upload.Bucket, Key: upload.Key };
    const head = await client.send(new sdk.HeadObjectCommand(place), { abortSignal });
    if (head.ContentLength !== sizeBytes) throw error;
    return head.VersionId;
  }
}

/**
 * Opens an upload. A server that did so and whose answer was lost has one more, which nobody knows: it is given up here.
 *
 * @param target names a key that nobody else writes at the same time
 */
export async function openUpload(
  { sdk, client }: S3Connection,
  { bucket, key, metadata }: ObjectTarget,
  signal: AbortSignal,
): Promise<UploadInParts> {
  const place = { Bucket: bucket, Key: key };
  const create = new sdk.CreateMultipartUploadCommand({
    ...place,
    ContentType: contentType,
    Metadata: metadata,
  });
  try {
    // Not cancelled at once: without the answer there is no identifier to end the upload by.
    const { UploadId, $metadata } = await client.send(create, { abortSignal: withGrace(signal) });
    if (($metadata.attempts ?? 1) > 1) await abortOthers({ sdk, client }, place, UploadId);
    return { ...place, UploadId };
  } catch (error) {
    if (statusOf(error) === undefined) await abortOthers({ sdk, client }, place, undefined);
    throw error;
  }
}

/** Ends an upload without an object; one that is gone already does not matter: the answer to an earlier try may be lost. */
export async function giveUp(
  { sdk, client }: S3Connection,
  upload: UploadInParts,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    await client.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal });
  } catch (error) {
    if (!(error instanceof sdk.NoSuchUpload)) throw error;
  }
}

async function abortOthers(
  { sdk, client }: S3Connection,
  place: { readonly Bucket: string; readonly Key: string },
  own: string | undefined,
): Promise<void> {
  const abortSignal = AbortSignal.timeout(cleanUpMs);
  try {
    const { Uploads = [] } = await client.send(
      new sdk.ListMultipartUploadsCommand({ Bucket: place.Bucket, Prefix: place.Key }),
      { abortSignal },
    );
    for (const { Key, UploadId } of Uploads) {
      if (Key !== place.Key || UploadId === own) continue;
      await giveUp({ sdk, client }, { ...place, UploadId }, abortSignal);
    }
  } catch {
    // Not everyone may list them. They are empty, and the lifecycle rule ends them.
  }
}
