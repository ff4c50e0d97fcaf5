import { type ContextStore, createServerClock } from '@kanikit/spec';
import { cleanPrefix } from '../bucket/clean-prefix.ts';
import { loadOnce } from '../bucket/load-once.ts';
import { createContextStore } from '../store/create-context-store.ts';
import { proveWritable } from './prove-writable.ts';
import { loadS3 } from './s3-client.ts';
import { deliverS3Object, s3Deliveries } from './s3-delivery.ts';
import { toS3Error } from './s3-errors.ts';
import { createS3Objects, type ObjectVersions } from './s3-objects.ts';
import { describeObject, endpointOf, podEndpointOf, type S3StoreOptions } from './s3-options.ts';

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
  const prefix = cleanPrefix(options.prefix);
  const description = describeObject(options, bucket, prefix);
  podEndpointOf(options);
  const versions: ObjectVersions = new Map();
  const clock = createServerClock();
  const load = loadOnce(() => loadS3(options, endpointOf(options), clock));

  return createContextStore({
    kind: 's3',
    description,
    prefix,
    clock,
    objects: async () => createS3Objects(await load(), options, versions),
    check: async ({ signal }) => await proveWritable(await load(), bucket, prefix, signal),
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    deliveries: async (executor) => s3Deliveries(options, executor),
    deliver: async (key, lifetimeMs, delivery, { signal }) => {
      const object = { bucket, key, version: versions.get(key) };
      return await deliverS3Object(await load(), options, object, delivery, lifetimeMs, signal);
    },
    toError: (error, action, signal) => toS3Error(error, `${action} ${description}`, signal),
  });
}
