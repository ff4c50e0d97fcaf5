import type { ContextStore } from '@kanikit/spec';
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
  const load = loadOnce(() => loadAzure(account, options));
  const within = async <Value>(
    action: string,
    signal: AbortSignal,
    work: () => Promise<Value>,
  ): Promise<Value> => {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw toAzureError(error, action, description, signal);
    }
  };
  return createContextStore({
    kind: 'azure-blob',
    description,
    prefix,
    // oxlint-disable-next-line typescript/require-await -- loads the SDK at the first call
    objects: async () => createAzureObjects(load, account, container),
    check: async ({ signal }) => {
      await within('checking the container', signal, async () => {
        await proveWritable(await load(), container, prefix, signal);
      });
    },
    deliveries: async (executor, { signal }) =>
      await within('looking for deliveries from', signal, async () =>
        findAzureDeliveries(await load(), options, executor, false, signal),
      ),
    deliver: async (key, lifetimeMs, delivery, { signal }) =>
      await within('delivering the context from', signal, async () =>
        createAzureDelivery(await load(), options, { container, key, lifetimeMs }, delivery, signal),
      ),
  });
}
