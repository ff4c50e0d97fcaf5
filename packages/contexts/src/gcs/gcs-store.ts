import { type ContextStore, createServerClock } from '@kanikit/spec';
import { cleanPrefix } from '../bucket/clean-prefix.ts';
import { loadOnce } from '../bucket/load-once.ts';
import { createContextStore } from '../store/create-context-store.ts';
import { loadGcs } from './gcs-client.ts';
import { createGcsDelivery, findGcsDeliveries } from './gcs-delivery.ts';
import { toGcsError } from './gcs-errors.ts';
import { createGcsObjects } from './gcs-objects.ts';
import { describeObject, type GcsStoreOptions, podEndpointOf } from './gcs-options.ts';
import { proveWritable } from './resumable-upload.ts';

/**
 * A bucket of Google Cloud Storage for local contexts.
 *
 * @example
 * const store = createGcsStore({ bucket: 'builds' });
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function createGcsStore(options: GcsStoreOptions): ContextStore {
  const { bucket } = options;
  const prefix = cleanPrefix(options.prefix);
  // Told now rather than at the first upload.
  podEndpointOf(options);
  const description = describeObject(options, bucket, prefix);
  const clock = createServerClock();
  const load = loadOnce(() => loadGcs(options, clock));
  return createContextStore({
    kind: 'gcs',
    description,
    prefix,
    clock,
    // oxlint-disable-next-line typescript/require-await -- loads the SDK at the first call
    objects: async () => createGcsObjects(load, options, bucket),
    check: async ({ signal }) => await proveWritable(await load(), bucket, prefix, signal),
    deliveries: async (executor, { signal }) =>
      await findGcsDeliveries(await load(), options, executor, signal),
    // Not pinned to a generation: the key is one run's or the content's own, and renewing a kept object makes a new one.
    deliver: async (key, lifetimeMs, delivery, { signal }) =>
      await createGcsDelivery(await load(), options, { bucket, key, lifetimeMs }, delivery, signal),
    toError: (error, action, signal) => toGcsError(error, action, description, signal),
  });
}
