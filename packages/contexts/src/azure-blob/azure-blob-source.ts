import type { BlobClient, BlobGetPropertiesResponse } from '@azure/storage-blob';
import { type ContextSource, KanikitError } from '@kanikit/spec';
import { type BucketObject, openBucketObject } from '../bucket/open-bucket-object.ts';
import { replacedError } from '../bucket/replaced-error.ts';
import { type AzureAccount, resolveAccount } from './azure-account.ts';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';
import { loadAzure } from './azure-client.ts';
import { createAzureDelivery, findAzureDeliveries } from './azure-delivery.ts';
import { azureCode, statusOf, toAzureError } from './azure-errors.ts';
import { describeBlob } from './azure-objects.ts';
import { isAzureReference, parseAzureReference } from './parse-azure-reference.ts';

/** How often a download that broke is taken up again. */
const restarts = 5;

/**
 * A tar in Azure Blob Storage: `az://account/container/blob`, or the blob's URL in any of Azure's clouds, with or without a SAS. Without a blob
 * it is `context.tar.gz`.
 */
export function createAzureBlobSource(options: AzureBlobAccessOptions = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 'azure-blob',
    accepts: isAzureReference,
    async open(request, run) {
      run.signal.throwIfAborted();
      const { container, key, ...reference } = parseAzureReference(request.reference);
      const account = accountOf(reference, { env: request.env, ...options });
      const where = describeBlob(account, container, key);
      const within = async <Value>(work: () => Promise<Value>): Promise<Value> => {
        try {
          return await work();
        } catch (error) {
          throw toAzureError(error, 'opening the build context', where, run.signal, 'context-unreadable');
        }
      };
      const client = await within(() => loadAzure(account, options));
      const blob = client.service.getContainerClient(container).getBlobClient(key);
      const found = await within(() => requireBlob(blob, where, run.signal));
      const { versionId } = found;
      const isSasForPods = reference.sasToken !== undefined || isReadOnly(account);
      const object: BucketObject = {
        location: where,
        version: found.etag ?? '',
        contentEncoding: found.contentEncoding,
        read: async function* (firstBytes, { signal }) {
          try {
            yield* await download(blob, found, firstBytes, signal);
          } catch (error) {
            if (statusOf(error) === 412 || statusOf(error) === 404) throw replacedError(where);
            throw toAzureError(error, 'fetching the build context', where, signal, 'context-unreadable');
          }
        },
        deliveries: ({ signal }) =>
          within(() => findAzureDeliveries(client, options, request.executor, isSasForPods, signal)),
        deliver: (delivery, lifetimeMs, { signal }) =>
          within(() =>
            createAzureDelivery(client, options, { container, key, versionId, lifetimeMs }, delivery, signal),
          ),
      };
      return await openBucketObject(object, request, run);
    },
  };
}

type Reference = Pick<ReturnType<typeof parseAzureReference>, 'account' | 'endpoint' | 'sasToken'>;

function accountOf(
  { account, endpoint, sasToken }: Reference,
  options: AzureBlobAccessOptions,
): AzureAccount {
  return resolveAccount({
    ...options,
    account,
    ...(endpoint !== undefined && { endpoint, podEndpoint: options.podEndpoint }),
    ...(sasToken !== undefined && { sasToken, accountKey: undefined, connectionString: undefined }),
  });
}

/** Such a SAS gives the pod no more than it needs. */
function isReadOnly({ credential }: AzureAccount): boolean {
  return credential.kind === 'sas' && new URLSearchParams(credential.token).get('sp') === 'r';
}

async function requireBlob(
  blob: BlobClient,
  where: string,
  abortSignal: AbortSignal,
): Promise<BlobGetPropertiesResponse> {
  try {
    return await blob.getProperties({ abortSignal });
  } catch (error) {
    if (statusOf(error) !== 404 || azureCode(error) === 'ContainerNotFound') throw error;
    throw new KanikitError({
      code: 'context-missing',
      message: `opening the build context ${where}: there is no such blob`,
      hint: 'Check its name; az storage blob list lists what is there.',
    });
  }
}

/** Of the version that was looked at, and no other. */
async function download(
  blob: BlobClient,
  { etag, contentLength = 0 }: BlobGetPropertiesResponse,
  firstBytes: number | undefined,
  abortSignal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  // The service refuses a range of nothing.
  if (contentLength === 0) return (async function* () {})();
  const { readableStreamBody } = await blob.download(
    0,
    Math.min(contentLength, firstBytes ?? contentLength),
    {
      abortSignal,
      maxRetryRequests: restarts,
      ...(etag !== undefined && { conditions: { ifMatch: etag } }),
    },
  );
  if (readableStreamBody === undefined) throw new Error('it has no body');
  return readableStreamBody as unknown as AsyncIterable<Uint8Array>;
}
