import { type ContextDelivery, KanikitError } from '@kanikit/spec';
import { loadS3, type S3Access } from './s3-client.ts';
import type { S3StoreOptions } from './s3-store-options.ts';

/** Longest life of a signed URL that S3 allows. */
const longestLifeSeconds = 7 * 24 * 60 * 60;

/**
 * Decides how the executor gets objects of this store.
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function chooseDelivery(options: S3StoreOptions): 'signed-url' | 'bucket-url' {
  for (const endpoint of [options.endpoint, options.podEndpoint]) {
    if (endpoint !== undefined && !isWebAddress(endpoint)) {
      throw invalid(
        'the endpoint is not a URL',
        'Write it with its scheme, as in https://minio.example.com.',
      );
    }
  }
  const podEndpoint = podEndpointOf(options);
  const isHttps = podEndpoint === undefined || new URL(podEndpoint).protocol === 'https:';
  if (options.delivery === 'signed-url' && !isHttps) {
    throw invalid(
      'signed URLs need an https endpoint, since the executor fetches contexts by https only',
      'Let the executor read the bucket itself (delivery: bucket-url), or use an https endpoint.',
    );
  }
  return options.delivery ?? (isHttps ? 'signed-url' : 'bucket-url');
}

/** A signed URL, or `s3://` with the keys in a secret. */
export async function createS3Delivery(
  access: S3Access,
  options: S3StoreOptions,
  key: string,
  lifetimeMs: number,
): Promise<ContextDelivery> {
  const endpoint = podEndpointOf(options);
  return chooseDelivery(options) === 'bucket-url'
    ? await createBucketUrl(access, options, endpoint, key)
    : await createSignedUrl(options, endpoint, key, lifetimeMs);
}

const podEndpointOf = (options: S3StoreOptions): string | undefined =>
  options.podEndpoint ?? options.endpoint;

async function createSignedUrl(
  options: S3StoreOptions,
  endpoint: string | undefined,
  key: string,
  lifetimeMs: number,
): Promise<ContextDelivery> {
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  // A client of its own: the signature covers the host name that the pod will ask.
  const { sdk, client } = await loadS3(options, endpoint);
  try {
    const context = await getSignedUrl(
      client,
      new sdk.GetObjectCommand({ Bucket: options.bucket, Key: key }),
      {
        expiresIn: Math.max(1, Math.min(longestLifeSeconds, Math.ceil(lifetimeMs / 1000))),
      },
    );
    return {
      context,
      isSecret: true,
      args: [],
      env: {},
      secretEnv: {},
      certificateAuthorities: options.certificateAuthorities,
    };
  } finally {
    client.destroy();
  }
}

async function createBucketUrl(
  { client }: S3Access,
  options: S3StoreOptions,
  endpoint: string | undefined,
  key: string,
): Promise<ContextDelivery> {
  const credentials = await client.config.credentials();
  return {
    context: `s3://${options.bucket}/${key}`,
    isSecret: false,
    args: [],
    env: {
      AWS_REGION: await client.config.region(),
      ...(endpoint !== undefined && {
        S3_ENDPOINT: endpoint,
        S3_FORCE_PATH_STYLE: String(options.isPathStyle ?? true),
      }),
    },
    secretEnv: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    },
    certificateAuthorities: options.certificateAuthorities,
  };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function invalid(reason: string, hint: string): KanikitError {
  return new KanikitError({
    code: 'bucket-options-invalid',
    message: `configuring the bucket: ${reason}`,
    hint,
  });
}
