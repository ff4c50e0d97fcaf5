import { type ContextStore, createServerClock } from '@kanikit/spec';
import { cleanPrefix } from '../bucket/clean-prefix.ts';
import { loadOnce } from '../bucket/load-once.ts';
import { createContextStore } from '../store/create-context-store.ts';
import { resolveAccount } from './azure-account.ts';
import type { AzureBlobStoreOptions } from './azure-blob-options.ts';
import { loadAzure } from './azure-client.ts';
import { createAzureDelivery, findAzureDeliveries } from './azure-delivery.ts';
import { toAzureError } from './azure-errors.ts';
import { createAzureObjects, describeBlob } from './azure-objects.ts';
import { proveWritable } from './prove-writable.ts';

/**
 * A container of Azure Blob Storage for local contexts.
 *
 * @example
 * const store = createAzureBlobStore({ account: 'example', container: 'builds' });
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function createAzureBlobStore(options: AzureBlobStoreOptions): ContextStore {
  const { container } = options;
  const account = resolveAccount(options);
  const prefix = cleanPrefix(options.prefix);
  const description = describeBlob(account, container, prefix);
  const clock = createServerClock();
  const load = loadOnce(() => loadAzure(account, options, clock));
  return createContextStore({
    kind: 'azure-blob',
    description,
    prefix,
    clock,
    // oxlint-disable-next-line typescript/require-await -- loads the SDK at the first call
    objects: async () => createAzureObjects(load, account, container),
    check: async ({ signal }) => await proveWritable(await load(), container, prefix, signal),
    deliveries: async (executor, { signal }) =>
      await findAzureDeliveries(await load(), options, executor, false, signal),
    deliver: async (key, lifetimeMs, delivery, { signal }) =>
      await createAzureDelivery(await load(), options, { container, key, lifetimeMs }, delivery, signal),
    toError: (error, action, signal) => toAzureError(error, action, description, signal),
  });
}
