import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { header, type S3Request } from './s3-request.ts';

/** Date, region and service that a signature is good for. */
export interface SigningScope {
  /** `YYYYMMDD`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** What a request says about its signature, from the header or the query. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `x-amz-content-sha256` as it was signed. */
  readonly payloadHash: string;
  readonly isPresigned: boolean;
}

export const signingAlgorithm = 'AWS4-HMAC-SHA256';

/** The canonical request of Signature Version 4, in S3's form: the path is encoded once and never normalised. */
export function canonicalRequest(request: S3Request, claim: SignatureClaim): string {
  const query = request.query
    .filter(([name]) => !(claim.isPresigned && name === 'X-Amz-Signature'))
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .toSorted((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]))
    .map((pair) => pair.join('='));
  const headers = claim.signedHeaders.map((name) => `${name}:${headerForSigning(request, name)}\n`);
  return [
    request.method,
    encodeUri(request.path).replaceAll('%2F', '/'),
    query.join('&'),
    headers.join(''),
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
}

export function formatScope({ day, region, service }: SigningScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/** What is signed for a whole request. */
export function stringToSign(claim: SignatureClaim, canonical: string): string {
  return [signingAlgorithm, claim.timestamp, formatScope(claim.scope), sha256Hex(canonical)].join('\n');
}

export function signingKey(secretAccessKey: string, { day, region, service }: SigningScope): Buffer {
  return [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day));
}

export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex');
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Compares two signatures in constant time. */
export function isSameSignature(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** `YYYYMMDDTHHMMSSZ` in milliseconds since the epoch; undefined when it is no such time. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Node hands header bytes over as Latin-1; clients sign them as UTF-8. */
function headerForSigning(request: S3Request, name: string): string {
  return Buffer.from(header(request, name) ?? '', 'latin1')
    .toString('utf8')
    .trim()
    .replace(/ +/g, ' ');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
