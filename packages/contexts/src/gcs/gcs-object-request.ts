import type { GcsClient } from './gcs-client.ts';

export const contentType = 'application/gzip';

/** An object as the JSON API tells it. */
export interface GcsObject {
  readonly name: string;
  /** A number in digits. */
  readonly size?: string;
  readonly updated?: string;
  /** Changes with every change of the content. */
  readonly generation?: string;
  readonly contentEncoding?: string;
}

export const objectFields = 'name,size,updated,generation,contentEncoding';

export function bucketPath(bucket: string): string {
  return `/storage/v1/b/${encodeURIComponent(bucket)}/o`;
}

export function objectPath(bucket: string, key: string): string {
  return `${bucketPath(bucket)}/${encodeURIComponent(key)}`;
}

export function uploadPath(bucket: string): string {
  return `/upload${bucketPath(bucket)}`;
}

/** Undefined where there is none, or the account may not know. */
export async function lookAt(
  client: GcsClient,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<GcsObject | undefined> {
  const { status, data } = await client.send<GcsObject>({
    method: 'GET',
    path: objectPath(bucket, key),
    query: { fields: objectFields },
    statuses: [403, 404],
    signal,
  });
  return status === 200 ? data : undefined;
}
