import { judgeAnswer, judgeConnection, type Judgement, judgeUnreachable } from '../bucket/judgement.ts';
import { toBucketError } from '../bucket/to-bucket-error.ts';

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
  // versitygw's word for an unknown key, with status 404.
  'XAdminUserNotFound',
]);
const redirectNames = new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'MovedPermanently']);

interface Facts {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/**
 * See `toBucketError`.
 *
 * @param action with its object, such as `uploading to s3://bucket/key`
 */
export function toS3Error(error: unknown, action: string, signal: AbortSignal): unknown {
  return toBucketError(error, { action, signal }, { judge, causeText });
}

/** The status of the server's answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
}

function judge(error: unknown): Judgement {
  const { name, message, status } = factsOf(error);
  if (name === 'NoSuchKey') {
    return {
      code: 'bucket-object-missing',
      reason: 'there is no such object',
      hint: 'Check the name, or build again where it was removed meanwhile.',
      retryable: true,
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
  if (name === 'NoSuchBucket' || (status === 404 && name !== 'NoSuchUpload')) {
    return {
      code: 'bucket-missing',
      reason: 'there is no such bucket',
      hint: 'Check the name, the endpoint and the region, or create the bucket.',
      retryable: false,
    };
  }
  if (message === 'Region is missing') {
    return {
      code: 'bucket-options-invalid',
      reason: "the bucket's region is not known",
      hint: 'Set the region, or AWS_REGION.',
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
  // An abort that is not the user's is a request's own deadline.
  const isSilent = name === 'TimeoutError' || name === 'AbortError';
  const connection = isSilent ? judgeUnreachable('ETIMEDOUT') : judgeConnection(error);
  if (connection !== undefined) return connection;
  const answer = judgeAnswer(status, `${name}: ${message}`);
  if (status !== 501) return answer;
  const hint = 'The server lacks the request. If it is a copy of parts, say so with canCopyParts: false.';
  return { ...answer, hint, retryable: false };
}

function causeText(error: unknown): string {
  const { name, message } = factsOf(error);
  return `${name}: ${message}`;
}

/** The SDK tells programmers where to find an answer that it could not read. */
function withoutAdvice(message: string): string {
  const start = message.indexOf('\n  Deserialization error: ');
  return start === -1 ? message : message.slice(0, start);
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), status: undefined };
  }
  return {
    name: error.name,
    message: withoutAdvice(error.message),
    status: statusOf(error),
  };
}
