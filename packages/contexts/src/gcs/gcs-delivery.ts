import {
  type BucketDelivery,
  type ContextDelivery,
  type DeliveryAbilities,
  type ExecutorContextSupport,
  untilAborted,
} from '@kanikit/spec';
import type { GcsClient } from './gcs-client.ts';
import { GcsCredentialsError } from './gcs-credentials-error.ts';
import { type GcsAccessOptions, isEmulator, podEndpointOf, podKeyFileOf } from './gcs-options.ts';
import { readServiceAccountKey } from './service-account-key.ts';

/** Where the pod finds the key, with `podAccess: 'key'`. */
const keyFileInPod = '/kaniko/gcs/key.json';
/** Longest life of a signed URL that Google allows. */
const longestLifeMs = 7 * 24 * 60 * 60 * 1000;

/** Shortest life of a signed URL. */
const shortestLifeMs = 1_000;

/** An object, and how long the executor may need to fetch it. */
export interface GcsDelivered {
  readonly bucket: string;
  readonly key: string;
  /** Pins a signed URL to what is there now. */
  readonly generation?: string | undefined;
  readonly lifetimeMs: number;
}

/** Which deliveries work, and why the others do not. Tries whether the account can sign, and discards the signature. */
export async function findGcsDeliveries(
  client: GcsClient,
  options: GcsAccessOptions,
  executor: ExecutorContextSupport | undefined,
  signal: AbortSignal,
): Promise<DeliveryAbilities> {
  const reasons: Partial<Record<BucketDelivery, string>> = {};
  const unsigned = await whyUnsigned(client, options, executor, signal);
  if (unsigned !== undefined) reasons['signed-url'] = unsigned;
  const unread = whyUnread(options, executor);
  if (unread !== undefined) reasons['bucket-url'] = unread;
  const all: readonly BucketDelivery[] = ['signed-url', 'bucket-url'];
  return {
    possible: all.filter((delivery) => reasons[delivery] === undefined),
    reasons,
    ...(unsigned === undefined && {
      signedUrl: { certificateAuthorities: options.certificateAuthorities },
    }),
  };
}

async function whyUnsigned(
  client: GcsClient,
  options: GcsAccessOptions,
  executor: ExecutorContextSupport | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (executor?.kinds.includes('https') === false) return `${executor.executor} can't fetch https URLs`;
  if (!podEndpointOf(options).startsWith('https:'))
    return 'the executor fetches by https only, and the endpoint is http';
  if (options.keyFile === undefined && isEmulator(options)) return 'there is no key to sign with (keyFile)';
  try {
    await sign(client, options, { bucket: 'kanikit', key: 'probe', lifetimeMs: 1000 }, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof GcsCredentialsError && error.isAbsent) return 'there are no Google credentials';
    return `these credentials can't sign URLs (${error instanceof Error ? error.message : String(error)}); a service account can, with a key or with the role Service Account Token Creator on itself`;
  }
}

function whyUnread(
  options: GcsAccessOptions,
  executor: ExecutorContextSupport | undefined,
): string | undefined {
  if (executor?.kinds.includes('gcs') === false) return `${executor.executor} can't fetch gs:// URLs`;
  if (isEmulator(options) || options.podAccess === 'identity') return undefined;
  if (options.podAccess === undefined) return 'nobody said that pods may read the bucket (podAccess)';
  return podKeyFileOf(options) === undefined
    ? 'there is no key file for the pod (GOOGLE_APPLICATION_CREDENTIALS)'
    : undefined;
}

/** @throws KanikitError `bucket-denied` where the account can't sign */
export async function createGcsDelivery(
  client: GcsClient,
  options: GcsAccessOptions,
  object: GcsDelivered,
  delivery: BucketDelivery,
  signal: AbortSignal,
): Promise<ContextDelivery> {
  return delivery === 'signed-url'
    ? {
        ...plain(options),
        context: await sign(client, options, object, signal),
        isSecret: true,
      }
    : await createBucketUrl(options, object);
}

async function createBucketUrl(
  options: GcsAccessOptions,
  { bucket, key }: GcsDelivered,
): Promise<ContextDelivery> {
  // The executor reads it as a URL.
  const path = key.split('/').map(encodeURIComponent).join('/');
  const delivery: ContextDelivery = {
    ...plain(options),
    context: `gs://${bucket}/${path}`,
    isSecret: false,
  };
  if (isEmulator(options)) return { ...delivery, env: { STORAGE_EMULATOR_HOST: podEndpointOf(options) } };
  const keyFile = podKeyFileOf(options);
  if (options.podAccess !== 'key' || keyFile === undefined) return delivery;
  const { text } = await readServiceAccountKey(keyFile);
  return {
    ...delivery,
    env: { GOOGLE_APPLICATION_CREDENTIALS: keyFileInPod },
    secretFiles: { [keyFileInPod]: text },
  };
}

const plain = ({
  certificateAuthorities,
}: GcsAccessOptions): Omit<ContextDelivery, 'context' | 'isSecret'> => ({
  args: [],
  env: {},
  secretEnv: {},
  ...(certificateAuthorities !== undefined && { certificateAuthorities }),
});

async function sign(
  { storage, clock }: GcsClient,
  options: GcsAccessOptions,
  { bucket, key, generation, lifetimeMs }: GcsDelivered,
  signal: AbortSignal,
): Promise<string> {
  // The server judges by its own clock.
  const fromMs = clock.now();
  const signing = storage
    .bucket(bucket)
    .file(key)
    .getSignedUrl({
      version: 'v4',
      action: 'read',
      accessibleAt: fromMs,
      // The SDK refuses an end that is past by the clock of this machine: where that is far ahead, the URL lives longer than it must.
      expires: Math.max(fromMs + Math.min(lifetimeMs, longestLifeMs), Date.now() + shortestLifeMs),
      host: podEndpointOf(options),
      ...(generation !== undefined && { queryParams: { generation } }),
    })
    .catch((error: unknown) => {
      throw new GcsCredentialsError(error);
    });
  const [url] = await untilAborted(signing, signal);
  return url;
}
