import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import {
  type ContextRequest,
  type ContextSource,
  isKanikitError,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import { type BucketObject, openBucketObject } from '../bucket/open-bucket-object.ts';
import { readResuming } from '../bucket/read-resuming.ts';
import { isS3Reference, s3Scheme } from './is-s3-reference.ts';
import { loadS3, type S3Access } from './s3-client.ts';
import { deliverS3Object, s3Deliveries } from './s3-delivery.ts';
import { statusOf, toS3Error } from './s3-errors.ts';
import { describeObject, type S3AccessOptions } from './s3-options.ts';
import { openUnseenObject } from './unseen-object.ts';

/** What the executor takes where no key is named. */
const defaultKey = 'context.tar.gz';

/** `s3://bucket/key`: a tar in S3, or in a server that speaks its protocol. Without a key it is `context.tar.gz`. */
export function createS3Source(options: S3AccessOptions = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 's3',
    accepts: isS3Reference,
    async open(request, run) {
      run.signal.throwIfAborted();
      const { bucket, key } = parseReference(request.reference);
      const location = describeObject(options, bucket, key);
      const place = { bucket, key, location };
      const access = await loadS3(options);
      try {
        const object = await findObject(access, options, place, request, run);
        return await openBucketObject(object, request, run);
      } catch (error) {
        const failure = toS3Error(error, `opening the build context ${location}`, run.signal);
        const unseen =
          isKanikitError(failure) && (await openUnseenObject(failure, access, options, place, request, run));
        if (unseen) return unseen;
        throw failure;
      }
    },
  };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly location: string;
}

async function findObject(
  access: S3Access,
  options: S3AccessOptions,
  { bucket, key, location }: Place,
  { executor }: ContextRequest,
  run: RunContext,
): Promise<BucketObject> {
  const { sdk, client } = access;
  const head = await client
    .send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: run.signal })
    .catch(async (error: unknown) => {
      throw statusOf(error) === 404 ? await explainMissing(access, bucket, location, run) : error;
    });
  const { ETag = '', VersionId, ContentLength = 0 } = head;
  const openAt = async (
    first: number,
    last: number,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> => {
    const get = new sdk.GetObjectCommand({
      Bucket: bucket,
      Key: key,
      // Of this state of it only: the Dockerfile's lint, the checks and the bytes must be of one.
      IfMatch: ETag,
      Range: `bytes=${first}-${last}`,
    });
    return bodyOf(await client.send(get, { abortSignal: signal }));
  };
  return {
    location,
    version: VersionId ?? ETag,
    contentEncoding: head.ContentEncoding,
    read: async function* (firstBytes, { signal }) {
      const sizeBytes = Math.min(ContentLength, firstBytes ?? Number.POSITIVE_INFINITY);
      try {
        yield* readResuming((offset) => openAt(offset, sizeBytes - 1, signal), sizeBytes, signal);
      } catch (error) {
        throw statusOf(error) === 412
          ? changed(location)
          : toS3Error(error, `fetching the build context ${location}`, signal);
      }
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    deliveries: async () => s3Deliveries(options, executor),
    deliver: async (delivery, lifetimeMs, { signal }) =>
      await deliverS3Object(
        access,
        options,
        { bucket, key, version: VersionId },
        delivery,
        lifetimeMs,
        signal,
      ),
  };
}

function bodyOf({ Body }: GetObjectCommandOutput): AsyncIterable<Uint8Array> {
  return Body as unknown as AsyncIterable<Uint8Array>;
}

/** A HEAD has no words. */
async function explainMissing(
  { sdk, client }: S3Access,
  bucket: string,
  location: string,
  { signal }: RunContext,
): Promise<unknown> {
  try {
    await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal });
  } catch (error) {
    if (statusOf(error) === 404) return error;
  }
  return new KanikitError({
    code: 'context-missing',
    message: `Opening the build context ${location}: there is no such object.`,
    hint: 'Check its key; aws s3 ls lists what is there.',
  });
}

function changed(location: string): KanikitError {
  return new KanikitError({
    code: 'context-changed',
    message: `Fetching the build context ${location}: it was replaced meanwhile.`,
    hint: 'Build again.',
    retryable: true,
  });
}

function parseReference(reference: string): { readonly bucket: string; readonly key: string } {
  const [bucket = '', ...path] = reference.replace(s3Scheme, '').split('/');
  if (/^[\w.-]+$/.test(bucket)) return { bucket, key: path.join('/') || defaultKey };
  throw new KanikitError({
    code: 'context-unknown',
    message: `Opening the build context ${JSON.stringify(reference)}: it names no bucket.`,
    hint: 'Write it as s3://bucket/key.',
  });
}
