import {
  type ContextRequest,
  type ContextSource,
  isKanikitError,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import { type BucketObject, openBucketObject } from '../bucket/open-bucket-object.ts';
import { openUnseenObject } from '../bucket/open-unseen-object.ts';
import { replacedError } from '../bucket/replaced-error.ts';
import { readResuming } from '../bucket/read-resuming.ts';
import { type GcsClient, loadGcs } from './gcs-client.ts';
import { GcsCredentialsError } from './gcs-credentials-error.ts';
import { createGcsDelivery, findGcsDeliveries } from './gcs-delivery.ts';
import { isObjectMissing, toGcsError } from './gcs-errors.ts';
import { type GcsObject, objectFields, objectPath } from './gcs-object-request.ts';
import { describeObject, type GcsAccessOptions, isEmulator } from './gcs-options.ts';
import { isGcsReference, gcsScheme } from './is-gcs-reference.ts';

/** What the executor takes where no object is named. */
const defaultKey = 'context.tar.gz';

/** `gs://bucket/object`: a tar in Google Cloud Storage. Without an object it is `context.tar.gz`. */
export function createGcsSource(options: GcsAccessOptions = {}): ContextSource {
  return createGcsSourceWith(loadGcs, options);
}

/** The same with a client that is loaded otherwise. */
export function createGcsSourceWith(load: typeof loadGcs, options: GcsAccessOptions): ContextSource {
  return {
    specVersion: 1,
    kind: 'gcs',
    accepts: isGcsReference,
    open: async (request, run) => await openGcs(load, options, request, run),
  };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly location: string;
}

async function openGcs(
  load: typeof loadGcs,
  options: GcsAccessOptions,
  request: ContextRequest,
  run: RunContext,
): Promise<PreparedContext> {
  run.signal.throwIfAborted();
  const place = parseReference(options, request.reference);
  const client = await load(options);
  try {
    const found = await requireObject(client, place, run);
    return await openBucketObject(objectOf(client, options, place, found, request), request, run);
  } catch (error) {
    const failure = toGcsError(
      error,
      'opening the build context',
      place.location,
      run.signal,
      'context-unreadable',
    );
    const asPod = isKanikitError(failure) ? podOptions(error, failure, options) : undefined;
    if (asPod === undefined) throw failure;
    const { possible } = await findGcsDeliveries(client, asPod, request.executor, run.signal);
    const pods: Pick<BucketObject, 'location' | 'deliver'> = {
      location: place.location,
      deliver: async (delivery, lifetimeMs, { signal }) =>
        await createGcsDelivery(client, asPod, { ...place, lifetimeMs }, delivery, signal),
    };
    // What this machine may not read it can't sign for.
    const ways = possible.filter((way) => way === 'bucket-url' || asPod.podAccess !== 'identity');
    const unseen = await openUnseenObject(pods, ways, failure as KanikitError, request, run);
    if (unseen === undefined) throw failure;
    return unseen;
  }
}

/** How pods reach it where this machine fails so; undefined where they fail as well. */
function podOptions(
  error: unknown,
  { code }: KanikitError,
  options: GcsAccessOptions,
): GcsAccessOptions | undefined {
  const isNobody = error instanceof GcsCredentialsError && error.isAbsent;
  if (isNobody) return { ...options, podAccess: 'identity' };
  if (code === 'bucket-denied' && options.podAccess === 'identity') return options;
  return code === 'bucket-unreachable' && isEmulator(options) ? options : undefined;
}

function objectOf(
  client: GcsClient,
  options: GcsAccessOptions,
  { bucket, key, location }: Place,
  { contentEncoding, generation = '', size = '0' }: GcsObject,
  { executor }: ContextRequest,
): BucketObject {
  return {
    location,
    version: generation,
    contentEncoding,
    read: async function* (firstBytes, { signal }) {
      const sizeBytes = Math.min(Number(size), firstBytes ?? Number.POSITIVE_INFINITY);
      const openAt = (offset: number): Promise<AsyncIterable<Uint8Array>> =>
        download(client, objectPath(bucket, key), generation, [offset, sizeBytes - 1], signal);
      try {
        yield* readResuming(openAt, sizeBytes, signal);
      } catch (error) {
        // Its bucket was there when it was looked at.
        if (isObjectMissing(error)) throw replacedError(location);
        throw toGcsError(error, 'fetching the build context', location, signal, 'context-unreadable');
      }
    },
    deliveries: async ({ signal }) => await findGcsDeliveries(client, options, executor, signal),
    deliver: async (delivery, lifetimeMs, { signal }) =>
      await createGcsDelivery(client, options, { bucket, key, generation, lifetimeMs }, delivery, signal),
  };
}

function parseReference(options: GcsAccessOptions, reference: string): Place {
  const [bucket = '', ...path] = reference.replace(gcsScheme, '').split('/');
  const key = path.join('/') || defaultKey;
  if (/^[\w.-]+$/.test(bucket)) return { bucket, key, location: describeObject(options, bucket, key) };
  throw new KanikitError({
    code: 'context-unknown',
    message: `Opening the build context ${JSON.stringify(reference)}: it names no bucket.`,
    hint: 'Write it as gs://bucket/object.',
  });
}

async function requireObject(
  client: GcsClient,
  { bucket, key, location }: Place,
  { signal }: RunContext,
): Promise<GcsObject> {
  try {
    const { data } = await client.send<GcsObject>({
      method: 'GET',
      path: objectPath(bucket, key),
      query: { fields: objectFields },
      signal,
    });
    return data;
  } catch (error) {
    if (!isObjectMissing(error)) throw error;
    throw new KanikitError({
      code: 'context-missing',
      message: `Opening the build context ${location}: there is no such object.`,
      hint: 'Check its name; gcloud storage ls lists what is there.',
    });
  }
}

async function download(
  client: GcsClient,
  path: string,
  generation: string,
  [first, last]: readonly [number, number],
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { data } = await client.send<AsyncIterable<Uint8Array>>({
    method: 'GET',
    path,
    query: { alt: 'media', generation },
    // Asked for by name, so that a stored Content-Encoding is left as it is: the bytes of the object are wanted.
    headers: { range: `bytes=${first}-${last}`, 'accept-encoding': 'gzip' },
    answer: 'stream',
    signal,
  });
  return data;
}
