import { type ContextSource, KanikitError, type RunContext } from '@kanikit/spec';
import { type BucketObject, openBucketObject } from '../bucket/open-bucket-object.ts';
import { replacedError } from '../bucket/replaced-error.ts';
import { readResuming } from '../bucket/read-resuming.ts';
import { type GcsClient, loadGcs } from './gcs-client.ts';
import { createGcsDelivery, findGcsDeliveries } from './gcs-delivery.ts';
import { isObjectMissing, toGcsError } from './gcs-errors.ts';
import { type GcsObject, objectFields, objectPath } from './gcs-object-request.ts';
import { describeObject, type GcsAccessOptions } from './gcs-options.ts';

/** What the executor takes where no object is named. */
const defaultKey = 'context.tar.gz';
const scheme = /^gs:\/\//i;

/** `gs://bucket/object`: a tar in Google Cloud Storage. Without an object it is `context.tar.gz`. */
export function createGcsSource(options: GcsAccessOptions = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 'gcs',
    accepts: (reference) => scheme.test(reference),
    async open(request, run) {
      run.signal.throwIfAborted();
      const { bucket, key } = parseReference(request.reference);
      const where = describeObject(options, bucket, key);
      const within = async <Value>(work: () => Promise<Value>): Promise<Value> => {
        try {
          return await work();
        } catch (error) {
          throw toGcsError(error, 'opening the build context', where, run.signal, 'context-unreadable');
        }
      };
      const client = await within(() => loadGcs(options));
      const found = await within(() => requireObject(client, bucket, key, where, run));
      const { generation = '', contentEncoding } = found;
      const object: BucketObject = {
        location: where,
        version: generation,
        contentEncoding,
        read: async function* (firstBytes, { signal }) {
          const size = Math.min(Number(found.size ?? 0), firstBytes ?? Number.POSITIVE_INFINITY);
          const openAt = (offset: number): Promise<AsyncIterable<Uint8Array>> =>
            download(client, objectPath(bucket, key), generation, [offset, size - 1], signal);
          try {
            yield* readResuming(openAt, size, signal);
          } catch (error) {
            // Its bucket was there when it was looked at.
            if (isObjectMissing(error)) throw replacedError(where);
            throw toGcsError(error, 'fetching the build context', where, signal, 'context-unreadable');
          }
        },
        deliveries: ({ signal }) =>
          within(() => findGcsDeliveries(client, options, request.executor, signal)),
        deliver: (delivery, lifetimeMs, { signal }) =>
          within(() =>
            createGcsDelivery(client, options, { bucket, key, generation, lifetimeMs }, delivery, signal),
          ),
      };
      return await openBucketObject(object, request, run);
    },
  };
}

function parseReference(reference: string): { readonly bucket: string; readonly key: string } {
  const [bucket = '', ...path] = reference.replace(scheme, '').split('/');
  if (/^[\w.-]+$/.test(bucket)) return { bucket, key: path.join('/') || defaultKey };
  throw new KanikitError({
    code: 'context-unknown',
    message: `opening the build context ${JSON.stringify(reference)}: it names no bucket`,
    hint: 'Write it as gs://bucket/object.',
  });
}

async function requireObject(
  client: GcsClient,
  bucket: string,
  key: string,
  where: string,
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
      message: `opening the build context ${where}: there is no such object`,
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
