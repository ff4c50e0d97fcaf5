import { link } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { ObjectRecord, Segment } from './bucket-records.ts';
import { matches, preconditionFailed } from './conditions.ts';
import { requireBucket, requireObject, type ObjectContext } from './operation-context.ts';
import { S3Error } from './s3-error.ts';
import { decodeUri, header } from './s3-request.ts';

export interface CopySource {
  readonly bucket: ObjectContext['bucket'];
  readonly record: ObjectRecord;
}

/** What `x-amz-copy-source` names, if it is there and its conditions hold. */
export function readCopySource({ store, request }: ObjectContext): CopySource {
  const [path = ''] = (header(request, 'x-amz-copy-source') ?? '').split('?');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeUri(path));
  if (match === null) {
    throw new S3Error(
      400,
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  const bucket = requireBucket(store, match[1] ?? '');
  const record = requireObject(bucket, match[2] ?? '');
  const ifMatch = header(request, 'x-amz-copy-source-if-match');
  const ifNoneMatch = header(request, 'x-amz-copy-source-if-none-match');
  if (ifMatch !== undefined && !matches(ifMatch, record.etag))
    throw preconditionFailed('x-amz-copy-source-If-Match');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, record.etag)) {
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  }
  return { bucket, record };
}

/** Files of the bucket with the source's bytes: hard links, since such files never change. */
export async function linkSegments(
  { store, bucket }: ObjectContext,
  source: CopySource,
): Promise<readonly Segment[]> {
  return await store.withSegments(source.bucket, source.record, async () => {
    const linked: Segment[] = [];
    for (const segment of source.record.segments) {
      const target = store.files(bucket).newData();
      await link(join(store.files(source.bucket).data, segment.file), target);
      linked.push({ file: basename(target), sizeBytes: segment.sizeBytes });
    }
    return linked;
  });
}
