import type { BlobClient, BlobGetPropertiesResponse } from '@azure/storage-blob';
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
import { type AzureAccount, resolveAccount } from './azure-account.ts';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';
import { type AzureClient, loadAzure } from './azure-client.ts';
import { createAzureDelivery, findAzureDeliveries } from './azure-delivery.ts';
import { azureCode, statusOf, toAzureError } from './azure-errors.ts';
import { describeBlob } from './azure-objects.ts';
import { azureHosts } from './executor-url.ts';
import { isAzureReference, parseAzureReference } from './parse-azure-reference.ts';

/** How often a download that broke is taken up again. */
const restarts = 5;

/**
 * A tar in Azure Blob Storage: `az://account/container/blob`, or the blob's URL in any of Azure's clouds, with or without a SAS. Without a blob
 * it is `context.tar.gz`.
 */
export function createAzureBlobSource(options: AzureBlobAccessOptions = {}): ContextSource {
  return createAzureBlobSourceWith(loadAzure, options);
}

/** The same with a client that is loaded otherwise. */
export function createAzureBlobSourceWith(
  load: typeof loadAzure,
  options: AzureBlobAccessOptions,
): ContextSource {
  return {
    specVersion: 1,
    kind: 'azure-blob',
    accepts: isAzureReference,
    open: async (request, run) => await openAzure(load, { env: request.env, ...options }, request, run),
  };
}

interface Place {
  readonly container: string;
  readonly key: string;
  readonly location: string;
  /** Whether a SAS, where that is all there is, may be handed to pods. */
  readonly isSasForPods: boolean;
}

async function openAzure(
  load: typeof loadAzure,
  options: AzureBlobAccessOptions,
  request: ContextRequest,
  run: RunContext,
): Promise<PreparedContext> {
  run.signal.throwIfAborted();
  const { container, key, ...reference } = parseAzureReference(request.reference);
  const account = accountOf(reference, options);
  const isSasForPods = reference.sasToken !== undefined || isReadOnly(account);
  const place: Place = { container, key, location: describeBlob(account, container, key), isSasForPods };
  const client = await load(account, options);
  const blob = client.service.getContainerClient(container).getBlobClient(key);
  try {
    const found = await requireBlob(blob, place.location, run.signal);
    return await openBucketObject(objectOf(client, options, place, found, request), request, run);
  } catch (error) {
    const failure = toAzureError(
      error,
      'opening the build context',
      place.location,
      run.signal,
      'context-unreadable',
    );
    // From inside of their network pods may reach a server that this machine does not.
    const isAway = isKanikitError(failure) && failure.code === 'bucket-unreachable' && !isCloud(account);
    if (!isAway) throw failure;
    const unseen = objectOf(client, options, place, {}, request);
    const { possible } = await unseen.deliveries(run);
    const context = await openUnseenObject(unseen, possible, failure, request, run);
    if (context === undefined) throw failure;
    return context;
  }
}

type Found = Pick<BlobGetPropertiesResponse, 'contentEncoding' | 'contentLength' | 'etag' | 'versionId'>;

function objectOf(
  client: AzureClient,
  options: AzureBlobAccessOptions,
  { container, isSasForPods, key, location }: Place,
  found: Found,
  { executor }: ContextRequest,
): BucketObject {
  const { versionId } = found;
  return {
    location,
    version: found.etag ?? '',
    contentEncoding: found.contentEncoding,
    read: async function* (firstBytes, { signal }) {
      const blob = client.service.getContainerClient(container).getBlobClient(key);
      try {
        yield* await download(blob, found, firstBytes, signal);
      } catch (error) {
        if (statusOf(error) === 412 || statusOf(error) === 404) throw replacedError(location);
        throw toAzureError(error, 'fetching the build context', location, signal, 'context-unreadable');
      }
    },
    deliveries: async ({ signal }) =>
      await findAzureDeliveries(client, options, executor, isSasForPods, signal),
    deliver: async (delivery, lifetimeMs, { signal }) =>
      await createAzureDelivery(client, options, { container, key, versionId, lifetimeMs }, delivery, signal),
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

function isCloud({ url }: AzureAccount): boolean {
  return azureHosts.some((host) => new URL(url).hostname.endsWith(`.${host}`));
}

/** Such a SAS gives the pod no more than it needs. */
function isReadOnly({ credential }: AzureAccount): boolean {
  return credential.kind === 'sas' && new URLSearchParams(credential.token).get('sp') === 'r';
}

async function requireBlob(blob: BlobClient, location: string, abortSignal: AbortSignal): Promise<Found> {
  try {
    return await blob.getProperties({ abortSignal });
  } catch (error) {
    if (statusOf(error) !== 404 || azureCode(error) === 'ContainerNotFound') throw error;
    throw new KanikitError({
      code: 'context-missing',
      message: `Opening the build context ${location}: there is no such blob.`,
      hint: 'Check its name; az storage blob list lists what is there.',
    });
  }
}

/** Of the version that was looked at, and no other. */
async function download(
  blob: BlobClient,
  { etag, contentLength = 0 }: Found,
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
