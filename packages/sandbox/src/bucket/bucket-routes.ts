import {
  isoTime,
  sendEmpty,
  sendXml,
  type BucketContext,
  type OperationContext,
} from './operation-context.ts';
import { S3Error } from './s3-error.ts';
import type { XmlNode } from './xml.ts';
import { childText } from './xml.ts';
import { readXmlBody } from './xml-body.ts';

const bucketName = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** ListBuckets. */
export function listBuckets({ store, response }: OperationContext): void {
  const buckets = [...store.buckets.values()].map((bucket): XmlNode => [
    'Bucket',
    [
      ['Name', bucket.name],
      ['CreationDate', isoTime(bucket.createdAt)],
    ],
  ]);
  sendXml(response, 'ListAllMyBucketsResult', [
    ['Buckets', buckets],
    ['Owner', [['ID', 'kanikit']]],
  ]);
}

/** CreateBucket. */
export async function createBucket(context: OperationContext, name: string): Promise<void> {
  if (!bucketName.test(name))
    throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.');
  const document = await readXmlBody(context.request, context.authenticated);
  const location = document === undefined ? undefined : childText(document, 'LocationConstraint');
  if (location !== undefined && location !== '' && location !== context.region) {
    throw new S3Error(
      400,
      'IllegalLocationConstraintException',
      `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (context.store.buckets.has(name)) {
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { details: [['BucketName', name]] },
    );
  }
  await context.store.createBucket(name);
  sendEmpty(context.response, 200, { Location: `/${name}` });
}

/** HeadBucket. */
export function headBucket({ response, region }: BucketContext): void {
  sendEmpty(response, 200, { 'x-amz-bucket-region': region });
}

/** GetBucketLocation; the first region of S3 answers with an empty element. */
export function getBucketLocation({ response, region }: BucketContext): void {
  const body = region === 'us-east-1' ? '' : region;
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</LocationConstraint>`;
  response.writeHead(200, {
    'Content-Type': 'application/xml',
    'Content-Length': Buffer.byteLength(document),
  });
  response.end(document);
}

/** DeleteBucket. */
export async function deleteBucket({ store, bucket, response }: BucketContext): Promise<void> {
  await store.deleteBucket(bucket);
  sendEmpty(response, 204);
}
