import { KanikitError } from '@kanikit/spec';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** What identities of the AWS SDK have besides, which adds it to objects that it was given. Not used. */
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
  readonly credentialScope?: string | undefined;
  readonly $source?: object | undefined;
}

/** How S3, or a server that speaks its protocol, is reached and who asks. */
export interface S3AccessOptions {
  /** URL of a server that is not AWS (MinIO, R2, Ceph). @default `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, else AWS by region */
  readonly endpoint?: string | undefined;
  /** The same server as pods reach it, where that differs from `endpoint`. @default endpoint */
  readonly podEndpoint?: string | undefined;
  /** @default `AWS_REGION` and the profile, else `us-east-1` with an endpoint */
  readonly region?: string | undefined;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. @default true with an endpoint */
  readonly isPathStyle?: boolean | undefined;
  /** @default the AWS SDK's own chain: environment, profile, SSO, web identity, instance */
  readonly credentials?: S3Credentials | undefined;
  /**
   * How pods read the bucket themselves, where a signed URL is not possible or not wanted. `identity`: they have rights of their own (IRSA, Pod
   * Identity, the node's role), and no key leaves this machine. `key`: the client's keys travel in a secret of the build.
   *
   * @default key
   */
  readonly podAccess?: 'identity' | 'key' | undefined;
  /** PEM certificates to trust besides the system's, by the client and by the executor. */
  readonly certificateAuthorities?: string | undefined;
}

export interface S3StoreOptions extends S3AccessOptions {
  readonly bucket: string;
  /** Key prefix of everything put into the bucket. @default kanikit */
  readonly prefix?: string | undefined;
  /**
   * Whether the server makes an object of parts of other objects (UploadPartCopy, in parts of different sizes). Where it can't, each archive is
   * sent whole. @default true, but for Cloudflare R2 and Google's S3 interface
   */
  readonly canCopyParts?: boolean | undefined;
}

/** R2 wants all parts of an object to have one size; Google's interface copies none. */
const hostsWithoutCopies = /(?:^|\.)(?:r2\.cloudflarestorage\.com|storage\.googleapis\.com)$/;

/**
 * The server's URL; undefined stands for AWS.
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function endpointOf(options: S3AccessOptions): string | undefined {
  return webAddress(
    options.endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'],
  );
}

/**
 * The server's URL as pods reach it; undefined stands for AWS.
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function podEndpointOf(options: S3AccessOptions): string | undefined {
  return options.podEndpoint === undefined ? endpointOf(options) : webAddress(options.podEndpoint);
}

export function canCopyParts(options: S3StoreOptions): boolean {
  const endpoint = endpointOf(options);
  return (
    options.canCopyParts ?? (endpoint === undefined || !hostsWithoutCopies.test(new URL(endpoint).hostname))
  );
}

/** For people: no credentials, not even those inside an endpoint's URL. */
export function describeObject(options: S3AccessOptions, bucket: string, key: string): string {
  const url = `s3://${bucket}${key === '' ? '' : `/${key}`}`;
  const endpoint = endpointOf(options);
  return endpoint === undefined ? url : `${url} at ${new URL(endpoint).origin}`;
}

function webAddress(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined || endpoint === '') return undefined;
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  throw new KanikitError({
    code: 'bucket-options-invalid',
    message: 'Configuring the bucket: the endpoint is not a URL.',
    hint: 'Write it with its scheme, as in https://minio.example.com.',
  });
}
