import { KanikitError } from '@kanikit/spec';

/** How Google Cloud Storage is reached and who asks. */
export interface GcsAccessOptions {
  /**
   * URL of a server that speaks the JSON API. One outside of `googleapis.com` is an emulator, which is asked without credentials.
   *
   * @default `STORAGE_EMULATOR_HOST`, else Google
   */
  readonly endpoint?: string | undefined;
  /** The same server as pods reach it, where that differs. @default endpoint */
  readonly podEndpoint?: string | undefined;
  /** Path of a service account's JSON key. @default application default credentials */
  readonly keyFile?: string | undefined;
  /**
   * How pods may read the bucket themselves, where a signed URL is not possible or not wanted. `identity`: they have rights of their own (Workload
   * Identity, the node's service account). `key`: the key file, or that in `GOOGLE_APPLICATION_CREDENTIALS`, travels in a secret of the build.
   *
   * @default they may not, except from an emulator
   */
  readonly podAccess?: 'identity' | 'key' | undefined;
  /** PEM certificates to trust besides the system's, by the client and by the executor. */
  readonly certificateAuthorities?: string | undefined;
  /** Longest silence of the server, in milliseconds. @default 30,000 */
  readonly silenceMs?: number | undefined;
}

export interface GcsStoreOptions extends GcsAccessOptions {
  readonly bucket: string;
  /** What the names of all objects begin with. @default kanikit */
  readonly prefix?: string | undefined;
}

const googleEndpoint = 'https://storage.googleapis.com';

/** @throws KanikitError `bucket-options-invalid` */
export function endpointOf(options: GcsAccessOptions): string {
  return cleanEndpoint(options.endpoint ?? fromEnvironment('STORAGE_EMULATOR_HOST') ?? googleEndpoint);
}

/** @throws KanikitError `bucket-options-invalid` */
export function podEndpointOf(options: GcsAccessOptions): string {
  return options.podEndpoint === undefined ? endpointOf(options) : cleanEndpoint(options.podEndpoint);
}

/** The key that pods may have, with `podAccess: 'key'`. */
export function podKeyFileOf(options: GcsAccessOptions): string | undefined {
  return options.keyFile ?? fromEnvironment('GOOGLE_APPLICATION_CREDENTIALS');
}

export function isEmulator(options: GcsAccessOptions): boolean {
  return !/(?:^|\.)googleapis\.com$/.test(new URL(endpointOf(options)).hostname);
}

/** For people: `gs://bucket/key`, with the server where it is not Google's. */
export function describeObject(options: GcsAccessOptions, bucket: string, key: string): string {
  const url = `gs://${bucket}${key === '' ? '' : `/${key}`}`;
  const { origin } = new URL(endpointOf(options));
  return origin === googleEndpoint ? url : `${url} at ${origin}`;
}

function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** `STORAGE_EMULATOR_HOST` may come without a scheme, as the Go client takes it. */
function cleanEndpoint(endpoint: string): string {
  const url = endpoint.includes('://') ? endpoint : `http://${endpoint}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin;
  throw new KanikitError({
    code: 'bucket-options-invalid',
    message: `Configuring Google Cloud Storage: the endpoint ${JSON.stringify(endpoint)} is not a URL.`,
    hint: 'Write it with its scheme, as in https://storage.googleapis.com.',
  });
}
