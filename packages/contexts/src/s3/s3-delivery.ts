import type {
  BucketDelivery,
  ContextDelivery,
  DeliveryAbilities,
  ExecutorContextSupport,
  ServerClock,
} from '@kanikit/spec';
import { loadS3, type S3Access } from './s3-client.ts';
import { podEndpointOf, type S3AccessOptions } from './s3-options.ts';

/** Longest life of a signed URL that S3 allows. */
const longestLifeSeconds = 7 * 24 * 60 * 60;

/** An object that the executor is to read. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string | undefined;
}

/** How an executor can read objects: a signed URL needs no identity and no key in the cluster. */
export function s3Deliveries(
  options: S3AccessOptions,
  executor: ExecutorContextSupport | undefined,
): DeliveryAbilities {
  const endpoint = podEndpointOf(options);
  const isHttps = endpoint === undefined || new URL(endpoint).protocol === 'https:';
  const can = (kind: 'https' | 's3'): boolean => executor?.kinds.includes(kind) ?? true;
  const reasons: Partial<Record<BucketDelivery, string>> = {
    ...(!isHttps && {
      'signed-url': 'executors fetch contexts by https only, and pods reach the bucket by http',
    }),
    ...(!can('https') && { 'signed-url': `${executor?.executor} does not fetch contexts by https` }),
    ...(!can('s3') && { 'bucket-url': `${executor?.executor} does not fetch contexts from S3` }),
  };
  const all: readonly BucketDelivery[] = ['signed-url', 'bucket-url'];
  return {
    possible: all.filter((delivery) => reasons[delivery] === undefined),
    reasons,
    ...(reasons['signed-url'] === undefined && {
      signedUrl: { certificateAuthorities: options.certificateAuthorities },
    }),
  };
}

export async function deliverS3Object(
  access: S3Access,
  options: S3AccessOptions,
  object: S3Object,
  delivery: BucketDelivery,
  lifetimeMs: number,
  signal: AbortSignal,
): Promise<ContextDelivery> {
  const plain: Omit<ContextDelivery, 'context'> = {
    isSecret: false,
    args: [],
    env: {},
    secretEnv: {},
    certificateAuthorities: options.certificateAuthorities,
  };
  switch (delivery) {
    case 'signed-url': {
      const pinned = { ...object, version: await readableVersion(access, object, signal) };
      return { ...plain, context: await signUrl(options, pinned, lifetimeMs, access.clock), isSecret: true };
    }
    case 'bucket-url':
      return {
        ...plain,
        context: `s3://${object.bucket}/${object.key}`,
        ...(await podEnvironment(access, options)),
      };
  }
}

/** A version can be read by whoever has s3:GetObjectVersion; without it the URL names the object alone. */
async function readableVersion(
  { sdk, client }: S3Access,
  { bucket, key, version }: S3Object,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  if (version === undefined) return undefined;
  try {
    await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version }), {
      abortSignal,
    });
    return version;
  } catch {
    abortSignal.throwIfAborted();
    return undefined;
  }
}

async function signUrl(
  options: S3AccessOptions,
  object: S3Object,
  lifetimeMs: number,
  clock: ServerClock,
): Promise<string> {
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  // A client of its own: the signature covers the host name that the pod will ask.
  const { sdk, client } = await loadS3(options, podEndpointOf(options));
  const { bucket, key, version } = object;
  const get = new sdk.GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(version !== undefined && { VersionId: version }),
  });
  try {
    return await getSignedUrl(client, get, {
      // The server judges by its own clock: a URL signed by one that is ahead is not valid yet, and one that is behind shortens its life.
      signingDate: new Date(clock.now()),
      expiresIn: Math.max(1, Math.min(longestLifeSeconds, Math.ceil(lifetimeMs / 1000))),
    });
  } finally {
    client.destroy();
  }
}

async function podEnvironment(
  { client }: S3Access,
  options: S3AccessOptions,
): Promise<Pick<ContextDelivery, 'env' | 'secretEnv'>> {
  const endpoint = podEndpointOf(options);
  const env = {
    AWS_REGION: await client.config.region(),
    ...(endpoint !== undefined && {
      S3_ENDPOINT: endpoint,
      S3_FORCE_PATH_STYLE: String(options.isPathStyle ?? true),
    }),
  };
  if (options.podAccess === 'identity') return { env, secretEnv: {} };
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
  return {
    env,
    secretEnv: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    },
  };
}
