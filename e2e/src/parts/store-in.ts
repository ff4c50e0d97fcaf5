import type { BucketOptions } from '@kanikit/sdk';
import type { BucketAccess } from './list-bucket.ts';

/** A client's store for contexts in a bucket whose server has a certificate of this authority. */
export function storeIn(
  { bucket, endpoint, region, accessKeyId, secretAccessKey }: BucketAccess,
  certificateAuthorities: string,
  prefix?: string,
): Extract<BucketOptions, { readonly kind: 's3' }> {
  return {
    kind: 's3',
    bucket,
    ...(prefix !== undefined && { prefix }),
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    certificateAuthorities,
  };
}
