import type {
  BucketDelivery,
  ContextDelivery,
  DeliveryAbilities,
  ExecutorContextSupport,
} from '@kanikit/spec';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';
import type { AzureClient } from './azure-client.ts';
import { hasNoCredentials, textOf } from './azure-errors.ts';
import { asPlainHttpsUrl, isReadByKey } from './executor-url.ts';
import { createBlobSigner } from './read-url.ts';

/** Long enough for a probe. */
const probeMs = 60_000;

/** A blob, and how long the executor may need to fetch it. */
export interface AzureDelivered {
  readonly container: string;
  readonly key: string;
  /** Pins a signed URL to what is there now, where the account keeps versions. */
  readonly versionId?: string | undefined;
  readonly lifetimeMs: number;
}

/** Which deliveries work, and why the others do not. Whether an identity may sign is tried. */
export async function findAzureDeliveries(
  client: AzureClient,
  options: AzureBlobAccessOptions,
  executor: ExecutorContextSupport | undefined,
  /** True where a SAS that is there already may be handed to the pod. */
  isSasForPods: boolean,
  signal: AbortSignal,
): Promise<DeliveryAbilities> {
  const reasons: Partial<Record<BucketDelivery, string>> = {};
  const unsigned = await whyUnsigned(client, executor, isSasForPods || options.podAccess === 'key', signal);
  if (unsigned !== undefined) reasons['signed-url'] = unsigned;
  const unread = whyUnread(client, options, executor);
  if (unread !== undefined) reasons['bucket-url'] = unread;
  const all: readonly BucketDelivery[] = ['signed-url', 'bucket-url'];
  return {
    possible: all.filter((delivery) => reasons[delivery] === undefined),
    reasons,
    ...(unsigned === undefined && { signedUrl: { certificateAuthorities: options.certificateAuthorities } }),
  };
}

async function whyUnsigned(
  client: AzureClient,
  executor: ExecutorContextSupport | undefined,
  isSasForPods: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { account, service } = client;
  if (executor?.kinds.includes('https') === false) return `${executor.executor} can't fetch https URLs`;
  if (!account.podUrl.startsWith('https:'))
    return 'the executor fetches by https only, and the endpoint is http';
  if (account.credential.kind === 'sas') {
    return isSasForPods
      ? undefined
      : "a SAS can't be made narrower, and nobody said that pods may have this one (podAccess)";
  }
  try {
    const probe = service.getContainerClient('kanikit').getBlobClient('probe');
    await createBlobSigner(client, signal).readUrl(probe, probeMs);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (hasNoCredentials(error)) return 'there are no Azure credentials';
    return `this identity can't sign URLs (${textOf(error)}); it needs the role Storage Blob Delegator`;
  }
}

function whyUnread(
  { account }: AzureClient,
  { podAccess }: AzureBlobAccessOptions,
  executor: ExecutorContextSupport | undefined,
): string | undefined {
  if (executor?.kinds.includes('azure-blob') === false) {
    return `${executor.executor} can't fetch from Azure Blob Storage rightly`;
  }
  if (account.credential.kind !== 'key')
    return 'the executor reads with the key of the account only, and there is none';
  if (!isReadByKey(`${account.podUrl}/container/blob`)) {
    return "the executor reads from Azure's own hosts only";
  }
  return podAccess === 'key' ? undefined : "nobody said that pods may have the account's key (podAccess)";
}

export async function createAzureDelivery(
  client: AzureClient,
  options: AzureBlobAccessOptions,
  { container, key, versionId, lifetimeMs }: AzureDelivered,
  delivery: BucketDelivery,
  signal: AbortSignal,
): Promise<ContextDelivery> {
  const { account, service } = client;
  const blob = service.getContainerClient(container).getBlobClient(key);
  const toPod = (url: string): string => account.podUrl + url.slice(account.url.length);
  const plain = {
    args: [],
    env: {},
    certificateAuthorities: options.certificateAuthorities,
  };
  if (delivery === 'signed-url') {
    const url = await createBlobSigner(client, signal).readUrl(blob, lifetimeMs, {
      isHttpsOnly: true,
      versionId,
    });
    return { ...plain, context: asPlainHttpsUrl(toPod(url)), isSecret: true, secretEnv: {} };
  }
  const secretEnv =
    account.credential.kind === 'key' ? { AZURE_STORAGE_ACCESS_KEY: account.credential.key } : {};
  return { ...plain, context: toPod(blob.url.split('?')[0]!), isSecret: false, secretEnv };
}
