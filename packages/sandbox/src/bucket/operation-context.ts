import type { ServerResponse } from 'node:http';

import type { Authenticated } from './authenticate.ts';
import type { Bucket, MultipartUpload, ObjectRecord } from './bucket-records.ts';
import type { BucketStore } from './bucket-store.ts';
import { noSuchBucket, noSuchUpload, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { renderXml, type XmlNode } from './xml.ts';

/** What every operation works with. */
export interface OperationContext {
  readonly store: BucketStore;
  readonly request: S3Request;
  readonly authenticated: Authenticated;
  readonly response: ServerResponse;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface BucketContext extends OperationContext {
  readonly bucket: Bucket;
}

export interface ObjectContext extends BucketContext {
  readonly key: string;
}

export function requireBucket(store: BucketStore, name: string): Bucket {
  const bucket = store.buckets.get(name);
  if (bucket !== undefined) return bucket;
  throw noSuchBucket(name);
}

export function requireObject(bucket: Bucket, key: string): ObjectRecord {
  const record = bucket.objects.get(key);
  if (record !== undefined) return record;
  throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { details: [['Key', key]] });
}

export function requireUpload(bucket: Bucket, key: string, id: string): MultipartUpload {
  const upload = bucket.uploads.get(id);
  if (upload !== undefined && upload.key === key) return upload;
  throw noSuchUpload(id);
}

export function sendXml(response: ServerResponse, root: string, nodes: readonly XmlNode[]): void {
  const body = renderXml(root, nodes);
  response.writeHead(200, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'Content-Length': 0 }) }).end();
}

/** Time as S3 writes it in documents. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
