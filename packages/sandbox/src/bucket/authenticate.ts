import { S3Error } from './s3-error.ts';
import { header, queryValue, type S3Request } from './s3-request.ts';
import { readSignatureClaim, type TimedClaim } from './signature-claim.ts';
import {
  canonicalRequest,
  isSameSignature,
  sign,
  signingKey,
  stringToSign,
  type SignatureClaim,
} from './signature.ts';

export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** A request whose signature is right, with what the signatures of its chunks build on. */
export interface Authenticated {
  readonly claim: SignatureClaim;
  readonly signingKey: Buffer;
}

/** How far a client's clock may be off, both ways. */
const maximumSkewMs = 15 * 60_000;

/** Checks Signature Version 4, in the header or in a presigned URL; throws the error that S3 answers with. */
export function authenticate(request: S3Request, credentials: BucketCredentials, now: number): Authenticated {
  const timed = readSignatureClaim(request);
  const { claim } = timed;
  if (claim.accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      { details: [['AWSAccessKeyId', claim.accessKeyId]] },
    );
  }
  requireScope(claim, credentials.region);
  requireTime(timed, now);
  requireSignedHeaders(request, claim);
  const key = signingKey(credentials.secretAccessKey, claim.scope);
  const canonical = canonicalRequest(request, claim);
  const text = stringToSign(claim, canonical);
  if (!isSameSignature(sign(key, text), claim.signature)) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      {
        details: [
          ['AWSAccessKeyId', claim.accessKeyId],
          ['StringToSign', text],
          ['SignatureProvided', claim.signature],
          ['CanonicalRequest', canonical],
        ],
      },
    );
  }
  const token = header(request, 'x-amz-security-token') ?? queryValue(request, 'X-Amz-Security-Token');
  if (token !== undefined) {
    throw new S3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
  return { claim, signingKey: key };
}

function requireScope(claim: SignatureClaim, region: string): void {
  const code = claim.isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
  if (claim.scope.service !== 's3') {
    throw new S3Error(
      400,
      code,
      `incorrect service "${claim.scope.service}". This endpoint belongs to "s3".`,
    );
  }
  if (claim.scope.region !== region) {
    throw new S3Error(400, code, `the region '${claim.scope.region}' is wrong; expecting '${region}'`, {
      details: [['Region', region]],
      headers: { 'x-amz-bucket-region': region },
    });
  }
}

function requireTime({ claim, signedAt, expiresInSeconds }: TimedClaim, now: number): void {
  const details = (): [string, string][] => [['ServerTime', new Date(now).toISOString()]];
  if (expiresInSeconds === undefined) {
    if (Math.abs(now - signedAt) <= maximumSkewMs) return;
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        details: [
          ['RequestTime', claim.timestamp],
          ...details(),
          ['MaxAllowedSkewMilliseconds', maximumSkewMs],
        ],
      },
    );
  }
  if (signedAt - now > maximumSkewMs) {
    throw new S3Error(403, 'AccessDenied', 'Request is not valid yet', { details: details() });
  }
  const expiresAt = signedAt + expiresInSeconds * 1000;
  if (now > expiresAt) {
    throw new S3Error(403, 'AccessDenied', 'Request has expired', {
      details: [
        ['X-Amz-Expires', expiresInSeconds],
        ['Expires', new Date(expiresAt).toISOString()],
        ...details(),
      ],
    });
  }
}

/** `host` and every `x-amz-` header must be signed, or somebody on the way could add or change them. */
function requireSignedHeaders(request: S3Request, claim: SignatureClaim): void {
  const isSigned = new Set(claim.signedHeaders);
  const missing = Object.keys(request.message.headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !isSigned.has(name),
  );
  if (missing.length === 0) return;
  throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
    details: [['HeadersNotSigned', missing.join(', ')]],
  });
}
