import { createHash } from 'node:crypto';

import type { Authenticated } from './authenticate.ts';
import type { StoredChecksum } from './bucket-records.ts';
import { checksumAlgorithms, createChecksum, type Checksum, type ChecksumAlgorithm } from './checksums.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import { S3Error } from './s3-error.ts';
import { header, type S3Request } from './s3-request.ts';

/** A request's content on its way in. */
export interface Payload {
  /** The content proper, without framing. */
  readonly content: AsyncIterable<Uint8Array>;
  /** After the end of `content`: throws unless it has the hash and checksum the client gave; returns the checksum. */
  verify(): StoredChecksum | undefined;
}

const signedChunks = new Set([
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);
const unsignedChunks = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** Opens the body as `x-amz-content-sha256` says it is framed and hashed. */
export function openPayload(request: S3Request, authenticated: Authenticated): Payload {
  const { payloadHash } = authenticated.claim;
  const body = request.message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const isSigned = signedChunks.has(payloadHash);
  const isLiteral = /^[0-9a-f]{64}$/.test(payloadHash);
  if (!isSigned && !isLiteral && payloadHash !== unsignedChunks && payloadHash !== 'UNSIGNED-PAYLOAD') {
    throw new S3Error(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    );
  }
  const framed =
    isSigned || payloadHash === unsignedChunks
      ? decodeChunkedBody(body, { signedBy: isSigned ? authenticated : undefined })
      : { content: body, trailers: new Map<string, string>() };
  const sha256 = isLiteral ? createHash('sha256') : undefined;
  const algorithm = declaredChecksum(request);
  const checksum = algorithm === undefined ? undefined : createChecksum(algorithm);

  async function* content(): AsyncGenerator<Uint8Array> {
    for await (const chunk of framed.content) {
      sha256?.update(chunk);
      checksum?.update(chunk);
      yield chunk;
    }
  }
  return {
    content: content(),
    verify: () => {
      if (sha256 !== undefined && sha256.digest('hex') !== payloadHash) {
        throw new S3Error(
          400,
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
      }
      if (algorithm === undefined || checksum === undefined) return undefined;
      const name = `x-amz-checksum-${algorithm}`;
      return requireChecksum(algorithm, checksum, header(request, name) ?? framed.trailers.get(name));
    },
  };
}

/** The algorithm of the checksum that comes in the header or is announced as a trailer. */
function declaredChecksum(request: S3Request): ChecksumAlgorithm | undefined {
  const announced = (header(request, 'x-amz-trailer') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const found = checksumAlgorithms.filter((algorithm) => {
    const name = `x-amz-checksum-${algorithm}`;
    return header(request, name) !== undefined || announced.includes(name);
  });
  if (found.length > 1) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  return found[0];
}

function requireChecksum(
  algorithm: ChecksumAlgorithm,
  checksum: Checksum,
  expected: string | undefined,
): StoredChecksum {
  const value = checksum.digest();
  if (expected === value) return { algorithm, value };
  if (expected === undefined) {
    throw new S3Error(
      400,
      'MalformedTrailerError',
      `The announced trailer x-amz-checksum-${algorithm} did not come.`,
    );
  }
  throw new S3Error(
    400,
    'BadDigest',
    `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  );
}
