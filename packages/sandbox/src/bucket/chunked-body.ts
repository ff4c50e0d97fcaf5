import { createHash } from 'node:crypto';

import type { Authenticated } from './authenticate.ts';
import { S3Error } from './s3-error.ts';
import { formatScope, isSameSignature, sha256Hex, sign } from './signature.ts';

/** Which of S3's `STREAMING-…` payloads a body is. */
export interface ChunkedBodyOptions {
  /** Set when every chunk carries a signature that continues the request's. */
  readonly signedBy: Authenticated | undefined;
}

export interface ChunkedBody {
  /** The content, without the framing. Throws when the framing or a chunk's signature is wrong. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Headers after the last chunk, names in lower case; complete once `content` has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** No line of the framing is longer, not even a trailer with a signature. */
const maximumLineBytes = 4096;
const maximumTrailers = 16;
const emptySha256 = sha256Hex('');

/** Decodes `aws-chunked`: `size[;chunk-signature=…]\r\n content \r\n … 0\r\n [trailers] \r\n`. */
export function decodeChunkedBody(
  source: AsyncIterable<Uint8Array>,
  { signedBy }: ChunkedBodyOptions,
): ChunkedBody {
  const trailers = new Map<string, string>();
  return { trailers, content: decode(createReader(source), signedBy, trailers) };
}

async function* decode(
  reader: Reader,
  signedBy: Authenticated | undefined,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  let previous = signedBy?.claim.signature ?? '';
  for (;;) {
    const line = await reader.line();
    const match = /^([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line ?? '');
    if (match === null || (signedBy !== undefined && match[2] === undefined)) throw incomplete();
    let left = Number.parseInt(match[1] ?? '', 16);
    const isLast = left === 0;
    const hash = createHash('sha256');
    while (left > 0) {
      const piece = await reader.bytes(left);
      if (piece === undefined) throw incomplete();
      left -= piece.length;
      if (signedBy !== undefined) hash.update(piece);
      yield piece;
    }
    if (signedBy !== undefined) {
      const content = `AWS4-HMAC-SHA256-PAYLOAD\n${scopeLines(signedBy)}\n${previous}\n${emptySha256}\n${hash.digest('hex')}`;
      previous = requireSignature(signedBy, content, match[2] ?? '');
    }
    if (isLast) break;
    if ((await reader.line()) !== '') throw incomplete();
  }
  await readTrailers(reader, trailers);
  const signature = trailers.get('x-amz-trailer-signature');
  if (signedBy === undefined || (signature === undefined && trailers.size === 0)) return;
  const lines = [...trailers].filter(([name]) => name !== 'x-amz-trailer-signature');
  const content = lines.map(([name, value]) => `${name}:${value}\n`).join('');
  requireSignature(
    signedBy,
    `AWS4-HMAC-SHA256-TRAILER\n${scopeLines(signedBy)}\n${previous}\n${sha256Hex(content)}`,
    signature ?? '',
  );
}

async function readTrailers(reader: Reader, trailers: Map<string, string>): Promise<void> {
  for (;;) {
    const line = await reader.line();
    // Some clients leave out the empty line at the very end.
    if (line === undefined || line === '') return;
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size >= maximumTrailers) {
      throw new S3Error(
        400,
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed.',
      );
    }
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function scopeLines({ claim }: Authenticated): string {
  return `${claim.timestamp}\n${formatScope(claim.scope)}`;
}

function requireSignature(signedBy: Authenticated, content: string, signature: string): string {
  const expected = sign(signedBy.signingKey, content);
  if (isSameSignature(expected, signature)) return expected;
  throw new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The chunk signature we calculated does not match the signature you provided. Check your key and signing method.',
    { details: [['StringToSign', content]] },
  );
}

interface Reader {
  /** The next line without its end; undefined at the end of the source. */
  line(): Promise<string | undefined>;
  /** At least one and at most `limit` bytes; undefined at the end of the source. */
  bytes(limit: number): Promise<Uint8Array | undefined>;
}

function createReader(source: AsyncIterable<Uint8Array>): Reader {
  const iterator = source[Symbol.asyncIterator]();
  let pending: Buffer = Buffer.alloc(0);
  const pull = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done === true) return false;
    pending = pending.length === 0 ? toBuffer(next.value) : Buffer.concat([pending, next.value]);
    return true;
  };
  return {
    line: async () => {
      for (;;) {
        const end = pending.indexOf('\r\n');
        if (end >= 0) {
          const text = pending.toString('latin1', 0, end);
          pending = pending.subarray(end + 2);
          return text;
        }
        if (pending.length > maximumLineBytes) throw incomplete();
        if (!(await pull())) {
          if (pending.length > 0) throw incomplete();
          return undefined;
        }
      }
    },
    bytes: async (limit) => {
      while (pending.length === 0) if (!(await pull())) return undefined;
      const piece = pending.subarray(0, limit);
      pending = pending.subarray(piece.length);
      return piece;
    },
  };
}

function incomplete(): S3Error {
  return new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
