import { S3Error } from './s3-error.ts';
import { header, queryValue, type S3Request } from './s3-request.ts';
import { parseTimestamp, signingAlgorithm, type SignatureClaim, type SigningScope } from './signature.ts';

/** A claim, and for how long after its timestamp it is good. */
export interface TimedClaim {
  readonly claim: SignatureClaim;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  /** Set for presigned URLs. */
  readonly expiresInSeconds: number | undefined;
}

/** Longest life of a presigned URL that S3 allows: seven days. */
const maximumExpirySeconds = 604_800;

/** Reads the signature that a request carries; throws as S3 does when there is none or it makes no sense. */
export function readSignatureClaim(request: S3Request): TimedClaim {
  const authorization = header(request, 'authorization');
  const isPresigned = queryValue(request, 'X-Amz-Algorithm') !== undefined;
  if (authorization !== undefined && isPresigned) {
    throw new S3Error(
      400,
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    );
  }
  if (isPresigned) return readPresigned(request);
  if (authorization === undefined) throw new S3Error(403, 'AccessDenied', 'Access Denied.');
  return readAuthorization(request, authorization);
}

function readAuthorization(request: S3Request, authorization: string): TimedClaim {
  if (!authorization.startsWith(signingAlgorithm)) {
    throw new S3Error(
      400,
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${signingAlgorithm}.`,
    );
  }
  const match =
    /^\S+\s+Credential=([^\s,]+)\s*,\s*SignedHeaders=([^\s,]+)\s*,\s*Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  const credential = parseCredential(match?.[1] ?? '');
  if (match === null || credential === undefined)
    throw malformed('the parts of the header are not as they should be');
  const timestamp = header(request, 'x-amz-date') ?? isoTimestamp(header(request, 'date'));
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined) {
    throw new S3Error(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  if (!timestamp.startsWith(credential.scope.day)) {
    throw malformed(
      `Invalid credential date "${credential.scope.day}". This date is not the same as X-Amz-Date.`,
    );
  }
  const payloadHash = header(request, 'x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    );
  }
  const [, , signedHeaders = '', signature = ''] = match;
  return {
    claim: {
      ...credential,
      timestamp,
      signedHeaders: signedHeaders.split(';'),
      signature,
      payloadHash,
      isPresigned: false,
    },
    signedAt,
    expiresInSeconds: undefined,
  };
}

function readPresigned(request: S3Request): TimedClaim {
  const value = (name: string): string => queryValue(request, name) ?? '';
  if (value('X-Amz-Algorithm') !== signingAlgorithm) {
    throw queryError(`X-Amz-Algorithm only supports "${signingAlgorithm}"`);
  }
  const credential = parseCredential(value('X-Amz-Credential'));
  if (credential === undefined) {
    throw queryError(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const timestamp = value('X-Amz-Date');
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined) {
    throw queryError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!timestamp.startsWith(credential.scope.day)) {
    throw queryError(
      `Invalid credential date "${credential.scope.day}". This date is not the same as X-Amz-Date.`,
    );
  }
  const expires = value('X-Amz-Expires');
  if (!/^\d+$/.test(expires)) throw queryError('X-Amz-Expires should be a number');
  const expiresInSeconds = Number(expires);
  if (expiresInSeconds > maximumExpirySeconds) {
    throw queryError(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  if (expiresInSeconds < 1) throw queryError('X-Amz-Expires must be non-negative');
  const signedHeaders = value('X-Amz-SignedHeaders');
  const signature = value('X-Amz-Signature');
  if (signedHeaders === '' || !/^[0-9a-f]{64}$/.test(signature)) {
    throw queryError(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  return {
    claim: {
      ...credential,
      timestamp,
      signedHeaders: signedHeaders.split(';'),
      signature,
      payloadHash:
        queryValue(request, 'X-Amz-Content-Sha256') ??
        header(request, 'x-amz-content-sha256') ??
        'UNSIGNED-PAYLOAD',
      isPresigned: true,
    },
    signedAt,
    expiresInSeconds,
  };
}

/** `KEY/YYYYMMDD/REGION/SERVICE/aws4_request`; the key itself may hold slashes. */
function parseCredential(text: string): { accessKeyId: string; scope: SigningScope } | undefined {
  const match = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(text);
  if (match === null) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = ''] = match;
  return { accessKeyId, scope: { day, region, service } };
}

function isoTimestamp(httpDate: string | undefined): string {
  const time = Date.parse(httpDate ?? '');
  return Number.isNaN(time) ? '' : new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

function malformed(reason: string): S3Error {
  return new S3Error(400, 'AuthorizationHeaderMalformed', `The authorization header is malformed; ${reason}`);
}

function queryError(message: string): S3Error {
  return new S3Error(400, 'AuthorizationQueryParametersError', message);
}
