import { type ContextDelivery, KanikitError } from '@kanikit/spec';
import { loadS3, type S3Access } from './s3-client.ts';
import type { S3StoreOptions } from './s3-store-options.ts';

/** Longest life of a signed URL that S3 allows. */
const longestLifeSeconds = 7 * 24 * 60 * 60;

/** How the executor gets the object: by a signed URL, or by `s3://` with the keys in a secret. */
export async function createS3Delivery(
  access: S3Access,
  options: S3StoreOptions,
  key: string,
  lifetimeMs: number,
): Promise<ContextDelivery> {
  const podEndpoint = options.podEndpoint ?? options.endpoint;
  const isHttps = podEndpoint === undefined || podEndpoint.startsWith('https://');
  const way = options.delivery ?? (isHttps ? 'signed-url' : 'bucket-url');
  if (way === 'bucket-url') return await createBucketUrl(access, options, podEndpoint, key);
  if (!isHttps) throw notHttps(podEndpoint);
  return await createSignedUrl(options, podEndpoint, key, lifetimeMs);
}

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

function notHttps(endpoint: string): KanikitError {
  return new KanikitError({
    code: 'bucket-delivery-impossible',
    message: `signing a URL for the executor: the bucket's endpoint uses ${endpoint.split(':')[0]}, and the executor fetches contexts by https only`,
    hint: 'Let the executor read the bucket itself (delivery: bucket-url), or use an https endpoint.',
  });
}
