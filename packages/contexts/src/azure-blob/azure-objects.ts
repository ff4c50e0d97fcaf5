import { KanikitError } from '@kanikit/spec';
import { noteFailure } from '../bucket/note-failure.ts';
import { inParallel } from '../store/in-parallel.ts';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { translateErrors } from '../store/translate-errors.ts';
import type { AzureAccount } from './azure-account.ts';
import type { AzureClient } from './azure-client.ts';
import { azureCode, statusOf, toAzureError } from './azure-errors.ts';
import { createBlobSigner } from './read-url.ts';
import { contentType, md5, putFromBlobs, putFromStream } from './staged-blob.ts';

/** Removals on the way at once. */
const removals = 16;
/** Longest time that the service takes to copy what it is told to. */
const copyMs = 60 * 60 * 1000;

/** A container of Azure Blob Storage. `load` is asked at each call, and remembers. */
export function createAzureObjects(
  load: () => Promise<AzureClient>,
  account: AzureAccount,
  container: string,
): ObjectStore {
  const describe = (key: string): string => describeBlob(account, container, key);
  const within = async <Value>(
    action: string,
    key: string,
    signal: AbortSignal,
    work: (client: AzureClient) => Promise<Value>,
  ): Promise<Value> =>
    await translateErrors(
      signal,
      async () => await work(await load()),
      (error) => toAzureError(error, action, describe(key), signal),
    );

  return {
    describe,
    smallestSourceBytes: 1,
    put: async (key, bytes, { metadata, signal }) =>
      await within('uploading to', key, signal, async ({ service }) => {
        const blob = service.getContainerClient(container).getBlockBlobClient(key);
        const hash = md5(bytes);
        await blob.upload(bytes, bytes.length, {
          abortSignal: signal,
          metadata: identifiers(metadata),
          blobHTTPHeaders: { blobContentType: contentType, blobContentMD5: hash },
          transactionalContentMD5: hash,
        });
      }),
    stat: async (key, signal) =>
      await within('looking at', key, signal, async ({ service }) => {
        const blob = service.getContainerClient(container).getBlobClient(key);
        const found = await orAbsent(blob.getProperties({ abortSignal: signal }));
        return found && toStored(key, found);
      }),
    list: async (prefix, signal) =>
      await within(
        'listing',
        prefix,
        signal,
        async ({ service }) => await list(service, container, prefix, signal),
      ),
    concat: async (key, sources, { metadata, signal }) =>
      await within('putting together', key, signal, async (client) => {
        const blobs = client.service.getContainerClient(container);
        const blob = blobs.getBlockBlobClient(key);
        const isItself = sources.length === 1 && sources[0]?.key === key;
        try {
          if (isItself) {
            // Renews its date, which is all that is wanted.
            await blob.setMetadata(identifiers(metadata), { abortSignal: signal });
            return;
          }
          const signer = createBlobSigner(client, signal);
          const readable: { readonly object: StoredObject; readonly url: string }[] = [];
          for (const object of sources) {
            readable.push({ object, url: await signer.readUrl(blobs.getBlobClient(object.key), copyMs) });
          }
          await putFromBlobs(blob, readable, { metadata: identifiers(metadata), signal });
        } catch (error) {
          throw isSourceMissing(error, isItself) ? sourceMissing(describe(key), error) : error;
        }
      }),
    putStream: async (key, pieces, { metadata, signal }) => {
      const { stream, failure } = noteFailure(pieces);
      await within('uploading to', key, signal, async ({ service }) => {
        const blob = service.getContainerClient(container).getBlockBlobClient(key);
        await putFromStream(blob, stream, { metadata: identifiers(metadata), signal });
      }).catch((error: unknown) => {
        throw failure()?.error ?? error;
      });
    },
    remove: async (keys, signal) =>
      await within('removing blobs from', '', signal, async ({ service }) => {
        await inParallel(keys, removals, async (key) => {
          const blob = service.getContainerClient(container).getBlobClient(key);
          await blob.deleteIfExists({ abortSignal: signal, deleteSnapshots: 'include' });
        });
      }),
  };
}

/** For people: the blob's URL, without what grants access. */
export function describeBlob({ url }: AzureAccount, container: string, key: string): string {
  return [url, container, key].filter((part) => part !== '').join('/');
}

async function list(
  service: AzureClient['service'],
  container: string,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<readonly StoredObject[] | undefined> {
  const found: StoredObject[] = [];
  try {
    const blobs = service.getContainerClient(container).listBlobsFlat({ prefix, abortSignal });
    for await (const { name, properties } of blobs) found.push(toStored(name, properties));
    return found;
  } catch (error) {
    if (statusOf(error) === 403) return undefined;
    throw error;
  }
}

function toStored(
  key: string,
  properties: { readonly contentLength?: number | undefined; readonly lastModified?: Date | undefined },
): StoredObject {
  return {
    key,
    sizeBytes: properties.contentLength ?? 0,
    modifiedMs: properties.lastModified?.getTime() ?? Number.NaN,
  };
}

async function orAbsent<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 403) return undefined;
    throw error;
  }
}

/** Azure takes identifiers of C# as names. */
function identifiers(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

function isSourceMissing(error: unknown, isItself: boolean): boolean {
  if (statusOf(error) !== 404 || azureCode(error) === 'ContainerNotFound') return false;
  return isItself || azureCode(error) === 'CannotVerifyCopySource' || azureCode(error) === 'BlobNotFound';
}

function sourceMissing(where: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'bucket-object-missing',
    message: `Putting together ${where}: one of its parts is gone.`,
    hint: 'Build again: it is sent anew.',
    retryable: true,
    cause: new Error(cause instanceof Error ? cause.message : String(cause)),
  });
}
