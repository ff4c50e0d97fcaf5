export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface S3StoreOptions {
  readonly bucket: string;
  /** Key prefix of everything put into the bucket. @default kanikit */
  readonly prefix?: string | undefined;
  /** URL of a server that is not AWS (MinIO, R2, Ceph). @default AWS, by region */
  readonly endpoint?: string | undefined;
  /** The same server as pods reach it, where that differs from `endpoint`. @default endpoint */
  readonly podEndpoint?: string | undefined;
  /** @default `AWS_REGION` and the profile, else `us-east-1` with an endpoint */
  readonly region?: string | undefined;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. @default true with an endpoint */
  readonly isPathStyle?: boolean | undefined;
  /** @default the AWS SDK's own chain: environment, profile, SSO, web identity, instance */
  readonly credentials?: S3Credentials | undefined;
  /** PEM certificates to trust besides the system's, by the client and by the executor. */
  readonly certificateAuthorities?: string | undefined;
  /** How the executor reads the object. @default `signed-url` where pods reach the bucket by https, else `bucket-url` */
  readonly delivery?: 'signed-url' | 'bucket-url' | undefined;
  /** True stores by content and removes nothing, so that a context sent before is not sent again. @default false */
  readonly isKept?: boolean | undefined;
}

const defaultPrefix = 'kanikit';

/** The bucket for people: no credentials, not even those inside an endpoint's URL. */
export function describeBucket(options: S3StoreOptions, key?: string): string {
  const path = [options.bucket, key ?? cleanPrefix(options)].filter((part) => part !== '').join('/');
  if (options.endpoint === undefined) return `s3://${path}`;
  return `s3://${path} at ${describeEndpoint(options.endpoint)}`;
}

export function cleanPrefix(options: S3StoreOptions): string {
  return (options.prefix ?? defaultPrefix).replace(/^\/+|\/+$/g, '');
}

function describeEndpoint(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : 'an invalid endpoint';
}
