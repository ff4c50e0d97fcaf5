import type { CompletedPart } from '@aws-sdk/client-s3';
import { KanikitError } from '@kanikit/spec';
import { collectChunks } from '../bucket/collect-chunks.ts';
import { createInFlight } from '../store/in-flight.ts';
import { type ObjectTarget, type SentParts, type UploadInParts, uploadInParts } from './multipart-upload.ts';
import type { S3Access } from './s3-client.ts';

/** Parts of one size, since some servers insist: 10,000 of them make 78 GiB. */
const partBytes = 8 * 1024 * 1024;
const largestPartCount = 10_000;
/** Parts on the way at once: enough to fill the line while the next is packed, and 24 MiB of memory. */
const concurrency = 3;

/** Stores a stream of any length, whole or not at all. Returns the version of the object, where there are versions. */
export async function putStream(
  access: S3Access,
  target: ObjectTarget,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { sdk, client } = access;
  const sendParts = async (upload: UploadInParts): Promise<SentParts> => {
    const stop = new AbortController();
    const abortSignal = AbortSignal.any([signal, stop.signal]);
    const inFlight = createInFlight(concurrency);
    const parts: CompletedPart[] = [];
    let sizeBytes = 0;
    try {
      for await (const { bytes } of collectChunks(pieces, partBytes, signal)) {
        if (bytes.length === 0 && parts.length > 0) break;
        if (parts.length === largestPartCount) throw tooLarge(target);
        await inFlight.waitForRoom();
        const PartNumber = parts.push({});
        sizeBytes += bytes.length;
        inFlight.start(async () => {
          const part = new sdk.UploadPartCommand({ ...upload, PartNumber, Body: bytes });
          const { ETag = '' } = await client.send(part, { abortSignal });
          parts[PartNumber - 1] = { PartNumber, ETag };
        });
      }
      await inFlight.finish();
      return { parts, sizeBytes };
    } catch (error) {
      stop.abort();
      await inFlight.settle();
      throw error;
    }
  };
  return await uploadInParts(access, target, sendParts, signal);
}

function tooLarge({ bucket, key }: ObjectTarget): KanikitError {
  return new KanikitError({
    code: 'bucket-upload-failed',
    message: `Uploading the context to s3://${bucket}/${key}: it is larger than 78 GiB.`,
    hint: 'Add what the build does not need to .dockerignore.',
  });
}
