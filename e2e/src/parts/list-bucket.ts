import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

/** An S3 bucket and who may look into it. */
export interface BucketAccess {
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What is looked at is what lies in the bucket; whom the client of builds trusts is its own matter. */
export function bucketClient({ endpoint, region, accessKeyId, secretAccessKey }: BucketAccess): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpsAgent: { rejectUnauthorized: false } },
  });
}

/** Objects and unfinished uploads whose keys begin so. */
export async function listBucket(access: BucketAccess, prefix = ''): Promise<readonly string[]> {
  const { bucket } = access;
  const client = bucketClient(access);
  try {
    const objects = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return [
      ...(objects.Contents ?? []).map(({ Key }) => `object ${Key}`),
      ...(uploads.Uploads ?? [])
        .filter(({ Key = '' }) => Key.startsWith(prefix))
        .map(({ Key }) => `upload ${Key}`),
    ];
  } finally {
    client.destroy();
  }
}
