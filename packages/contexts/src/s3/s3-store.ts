import type { ContextStore } from '@kanikit/spec';
import { createContextStore } from '../store/create-context-store.ts';
import { proveWritable } from './prove-writable.ts';
import { loadS3, type S3Access } from './s3-client.ts';
import { deliverS3Object, s3Deliveries } from './s3-delivery.ts';
import { toS3Error } from './s3-errors.ts';
import { createS3Objects, type ObjectVersions } from './s3-objects.ts';
import { describeObject, podEndpointOf, prefixOf, type S3StoreOptions } from './s3-options.ts';

/**
 * A bucket of S3, or of a server that speaks its protocol, for local contexts.
 *
 * @example
 * const store = createS3Store({ bucket: 'builds', endpoint: 'https://minio.example.com' });
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function createS3Store(options: S3StoreOptions): ContextStore {
  const { bucket } = options;
  const prefix = prefixOf(options);
  const description = describeObject(options, bucket, prefix);
  podEndpointOf(options);
  const versions: ObjectVersions = new Map();
  let loading: Promise<S3Access> | undefined;
  const load = (): Promise<S3Access> => (loading ??= loadS3(options));

  return createContextStore({
    kind: 's3',
    description,
    prefix,
    objects: async () => createS3Objects(await load(), options, versions),
    async check({ signal }) {
      signal.throwIfAborted();
      try {
        await proveWritable(await load(), bucket, prefix, signal);
      } catch (error) {
        throw toS3Error(error, `checking the bucket ${description}`, signal);
      }
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    deliveries: async (executor) => s3Deliveries(options, executor),
    async deliver(key, lifetimeMs, delivery, { signal }) {
      try {
        const object = { bucket, key, version: versions.get(key) };
        return await deliverS3Object(await load(), options, object, delivery, lifetimeMs, signal);
      } catch (error) {
        throw toS3Error(error, `giving access to ${describeObject(options, bucket, key)}`, signal);
      }
    },
  });
}
