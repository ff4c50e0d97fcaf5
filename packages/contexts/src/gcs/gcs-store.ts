import type { ContextStore } from '@kanikit/spec';
import { createContextStore } from '../store/create-context-store.ts';
import { loadGcs } from './gcs-client.ts';
import { createGcsDelivery, findGcsDeliveries } from './gcs-delivery.ts';
import { toGcsError } from './gcs-errors.ts';
import { lookAt } from './gcs-object-request.ts';
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
  const prefix = cleanPrefix(options);
  // Told now rather than at the first upload.
  podEndpointOf(options);
  const description = describeObject(options, bucket, prefix);
  const load = once(() => loadGcs(options));
  const within = async <Value>(
    action: string,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw toGcsError(error, action, description, signal);
    }
  };
  return createContextStore({
    kind: 'gcs',
    description,
    prefix,
    // oxlint-disable-next-line typescript/require-await -- loads the SDK at the first call
    objects: async () => createGcsObjects(load, options, bucket),
    check: async ({ signal }) => {
      await within('checking the bucket', signal, async () => {
        await proveWritable(await load(), bucket, prefix, signal);
      });
    },
    deliveries: async (executor, { signal }) =>
      await within('looking for deliveries from', signal, async () =>
        findGcsDeliveries(await load(), options, executor, signal),
      ),
    deliver: async (key, lifetimeMs, delivery, { signal }) =>
      await within('delivering the context from', signal, async () => {
        const client = await load();
        const generation = (await lookAt(client, bucket, key, signal))?.generation;
        return await createGcsDelivery(
          client,
          options,
          { bucket, key, generation, lifetimeMs },
          delivery,
          signal,
        );
      }),
  });
}

export function cleanPrefix(options: GcsStoreOptions): string {
  return (options.prefix ?? 'kanikit').replace(/^\/+|\/+$/g, '');
}

/** Asked again after a failure. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return async () => {
    made ??= make();
    made.catch(() => (made = undefined));
    return await made;
  };
}
