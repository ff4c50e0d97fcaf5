import type { CompletedPart } from '@aws-sdk/client-s3';
import { KanikitError } from '@kanikit/spec';
import { cleanupTimeoutMs, withGrace } from './request-signals.ts';
import type { S3Access } from './s3-client.ts';

/** Parts of one size (some servers insist): 10,000 of them make 78 GiB. */
export const partBytes: number = 8 * 1024 * 1024;
const largestPartCount = 10_000;
/** Parts on the way at once: enough to fill the line while the next is packed, and 24 MiB of memory. */
const concurrency = 3;

export interface ObjectTarget {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An upload in parts. Either `complete` or `abort` must end it. */
export interface MultipartUpload {
  /** Sends a part; returns once there is room for the next. */
  add(part: Buffer): Promise<void>;
  complete(): Promise<void>;
  /** Leaves neither parts nor an object. Never throws; the failure that led here counts. */
  abort(): Promise<void>;
}

export const contentType = 'application/gzip';

export async function startMultipartUpload(
  { sdk, client }: S3Access,
  target: ObjectTarget,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<MultipartUpload> {
  const place = { Bucket: target.bucket, Key: target.key };
  // Not cancelled at once: without the answer there is no identifier to abort the upload by.
  const created = await client.send(
    new sdk.CreateMultipartUploadCommand({ ...place, ContentType: contentType, Metadata: target.metadata }),
    { abortSignal: withGrace(signal) },
  );
  const upload = { ...place, UploadId: created.UploadId };
  const stop = new AbortController();
  const partSignal = AbortSignal.any([signal, stop.signal]);
  const inFlight = new Set<Promise<void>>();
  const parts: CompletedPart[] = [];
  let failure: unknown;
  let partCount = 0;

  const send = async (body: Buffer, PartNumber: number): Promise<void> => {
    try {
      const sent = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body: body }), {
        abortSignal: partSignal,
      });
      parts[PartNumber - 1] = { PartNumber, ...(sent.ETag !== undefined && { ETag: sent.ETag }) };
      onSent(body.length);
    } catch (error) {
      failure ??= error ?? new Error('the part was refused');
    }
  };
  const waitForRoom = async (limit: number): Promise<void> => {
    while (inFlight.size > limit) await Promise.race(inFlight);
    if (failure !== undefined) throw failure;
  };

  return {
    async add(body) {
      await waitForRoom(concurrency - 1);
      partCount += 1;
      if (partCount > largestPartCount) throw tooLarge(target);
      const sending: Promise<void> = send(body, partCount).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    },
    async complete() {
      await waitForRoom(0);
      signal.throwIfAborted();
      await client.send(
        new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
        {
          abortSignal: signal,
        },
      );
    },
    async abort() {
      stop.abort();
      // Only once no part is on the way any more: one that lands after the abort would stay.
      await Promise.all(inFlight);
      const abortSignal = AbortSignal.timeout(cleanupTimeoutMs);
      await client.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal }).catch(() => {});
      await removeObject({ sdk, client }, target, abortSignal).catch(() => {});
    },
  };
}

export async function removeObject(
  { sdk, client }: S3Access,
  target: Pick<ObjectTarget, 'bucket' | 'key'>,
  abortSignal: AbortSignal,
): Promise<void> {
  await client.send(new sdk.DeleteObjectCommand({ Bucket: target.bucket, Key: target.key }), { abortSignal });
}

function tooLarge(target: ObjectTarget): KanikitError {
  return new KanikitError({
    code: 'bucket-upload-failed',
    message: `uploading the context to s3://${target.bucket}/${target.key}: it is larger than 78 GiB`,
    hint: 'Add what the build does not need to .dockerignore.',
  });
}
