import { isKanikitError, KanikitError } from '@kanikit/spec';
import { describeBucket, type S3StoreOptions } from './s3-store-options.ts';

const deniedNames = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
  'TokenProviderError',
  'RequestTimeTooSkewed',
  'Forbidden',
]);
const redirectNames = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'MovedPermanently']);
const unreachableCodes =
  /^(?:E(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE)|ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

interface Facts {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly code: string;
}

/** The SDK's error as one of ours. Errors that are ours already, and the reason of an abort, pass unchanged. */
export function toBucketError(
  error: unknown,
  action: string,
  options: S3StoreOptions,
  signal: AbortSignal,
): unknown {
  if (isKanikitError(error)) return error;
  if (signal.aborted) return signal.reason;
  const facts = factsOf(error);
  const { code, hint, reason, retryable } = judge(facts, options);
  return new KanikitError({
    code,
    message: `${action} ${describeBucket(options)}: ${reason}`,
    hint,
    retryable,
    // Not the SDK's own error: it carries the request's headers and the server's copy of the signed text.
    cause: new Error(`${facts.name}: ${facts.message}`),
  });
}

function judge(
  facts: Facts,
  options: S3StoreOptions,
): { readonly code: string; readonly hint: string; readonly reason: string; readonly retryable: boolean } {
  const { name, message, status, code } = facts;
  if (name === 'NoSuchBucket' || (status === 404 && name !== 'NoSuchUpload')) {
    return {
      code: 'bucket-missing',
      reason: `there is no bucket ${JSON.stringify(options.bucket)}`,
      hint: 'Check the name, the endpoint and the region, or create the bucket.',
      retryable: false,
    };
  }
  if (redirectNames.has(name) || status === 301) {
    return {
      code: 'bucket-unreachable',
      reason: 'the bucket is in another region',
      hint: "Set the bucket's region.",
      retryable: false,
    };
  }
  if (deniedNames.has(name) || status === 401 || status === 403) {
    return {
      code: 'bucket-denied',
      reason: `access is denied (${name}: ${message})`,
      hint: 'The credentials need s3:PutObject, s3:GetObject, s3:DeleteObject and s3:AbortMultipartUpload on the prefix; check the clock, too.',
      retryable: false,
    };
  }
  // An abort that is not the user's is a request's own deadline.
  const isSilent = name === 'TimeoutError' || name === 'AbortError';
  if (isSilent || unreachableCodes.test(code)) {
    return {
      code: 'bucket-unreachable',
      reason: isSilent ? 'the server does not answer' : `the server can't be reached (${code})`,
      hint: 'Check the endpoint, the network and, for a private certificate authority, that its certificate is configured.',
      retryable: true,
    };
  }
  return {
    code: 'bucket-upload-failed',
    reason: `the server answered ${status === undefined ? '' : `${status} `}${name}: ${message}`,
    hint: 'Try again; if it persists, look at the storage server.',
    retryable: status === undefined || status >= 500 || status === 429,
  };
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), status: undefined, code: '' };
  const extra = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: unknown;
    readonly errors?: readonly unknown[];
  };
  // A name with several addresses fails with one error for each.
  const first = extra.errors?.[0];
  const code = extra.code ?? (first instanceof Error && 'code' in first ? first.code : undefined);
  return {
    name: error.name,
    message: error.message,
    status: extra.$metadata?.httpStatusCode,
    code: typeof code === 'string' ? code : '',
  };
}
