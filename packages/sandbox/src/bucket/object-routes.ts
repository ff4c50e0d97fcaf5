import type { ObjectRecord } from './bucket-records.ts';
import { checkReadConditions, writePrecondition } from './conditions.ts';
import { linkSegments, readCopySource } from './copy-source.ts';
import { objectResponseHeaders, readObjectHeaders } from './object-headers.ts';
import { isoTime, requireObject, sendEmpty, sendXml, type ObjectContext } from './operation-context.ts';
import { type ByteRange, parseByteRange } from '../registry/byte-range.ts';
import { receiveContent } from './receive-content.ts';
import { S3Error } from './s3-error.ts';
import { header, queryValue, type S3Request } from './s3-request.ts';
import { sendSegments } from './send-segments.ts';

/** PutObject. */
export async function putObject(context: ObjectContext): Promise<void> {
  const { store, bucket, key, request, response } = context;
  const check = writePrecondition(request);
  check(bucket.objects.get(key));
  const headers = readObjectHeaders(request);
  const content = await receiveContent(request, context.authenticated, store.files(bucket).newData());
  const { segment, etag, checksum } = content;
  const record = {
    ...headers,
    key,
    sizeBytes: segment.sizeBytes,
    etag,
    modifiedAt: context.now,
    checksum,
    segments: [segment],
  };
  await store.putObject(bucket, record, check);
  sendEmpty(response, 200, {
    ETag: `"${etag}"`,
    ...(checksum === undefined
      ? {}
      : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' }),
  });
}

/** GetObject and HeadObject: whole, one range or one part. */
export async function getObject({ store, bucket, key, request, response }: ObjectContext): Promise<void> {
  const record = requireObject(bucket, key);
  checkReadConditions(request, record);
  const size = record.sizeBytes;
  const part = readPart(request, record);
  const range = part?.range ?? parseByteRange(header(request, 'range'), size);
  if (range === 'unsatisfiable') {
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      details: [
        ['RangeRequested', header(request, 'range')],
        ['ActualObjectSize', size],
      ],
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const wantsChecksum =
    header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && range === undefined;
  response.writeHead(range === undefined ? 200 : 206, {
    ...objectResponseHeaders(request, record),
    'Content-Length': end - start + 1,
    ...(part?.count === undefined ? {} : { 'x-amz-mp-parts-count': String(part.count) }),
    ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    ...(wantsChecksum && record.checksum !== undefined
      ? {
          [`x-amz-checksum-${record.checksum.algorithm}`]: record.checksum.value,
          'x-amz-checksum-type': 'FULL_OBJECT',
        }
      : {}),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const folder = store.files(bucket).data;
  await store.withSegments(bucket, record, () =>
    sendSegments(folder, record.segments, { start, end }, response),
  );
}

/** The part that `partNumber` asks for. An object that was not uploaded in parts is one, without a count. */
function readPart(
  request: S3Request,
  record: ObjectRecord,
): { readonly range: ByteRange | undefined; readonly count: number | undefined } | undefined {
  const text = queryValue(request, 'partNumber');
  if (text === undefined) return undefined;
  if (header(request, 'range') !== undefined)
    throw new S3Error(
      400,
      'InvalidRequest',
      'Cannot specify both Range header and partNumber query parameter',
    );
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 10_000)
    throw new S3Error(
      400,
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive',
      {
        details: [
          ['ArgumentName', 'partNumber'],
          ['ArgumentValue', text],
        ],
      },
    );
  const count = Number(/-(\d+)$/.exec(record.etag)?.[1]);
  // A copy keeps the tag of what it is a copy of, and is one part.
  const isInParts = count === record.segments.length;
  const sizes = isInParts ? record.segments.map(({ sizeBytes }) => sizeBytes) : [record.sizeBytes];
  const size = sizes[number - 1];
  if (size === undefined)
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      details: [
        ['PartNumberRequested', number],
        ['ActualPartCount', sizes.length],
      ],
    });
  const start = sizes.slice(0, number - 1).reduce((sum, bytes) => sum + bytes, 0);
  const range = size === 0 ? undefined : { start, end: start + size - 1 };
  return { range, count: isInParts ? count : undefined };
}

/** DeleteObject; as in S3, also done when there is no such object. */
export async function deleteObject({ store, bucket, key, response }: ObjectContext): Promise<void> {
  await store.deleteObject(bucket, key);
  sendEmpty(response, 204);
}

/** CopyObject. */
export async function copyObject(context: ObjectContext): Promise<void> {
  const { store, bucket, key, request, response } = context;
  const source = readCopySource(context);
  const directive = header(request, 'x-amz-metadata-directive')?.toUpperCase() ?? 'COPY';
  if (source.bucket === bucket && source.record.key === key && directive === 'COPY') {
    throw new S3Error(
      400,
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const check = writePrecondition(request);
  const segments = await linkSegments(context, source);
  const headers = directive === 'REPLACE' ? readObjectHeaders(request) : {};
  const record: ObjectRecord = { ...source.record, ...headers, key, modifiedAt: context.now, segments };
  await store.putObject(bucket, record, check);
  sendXml(response, 'CopyObjectResult', [
    ['ETag', `"${record.etag}"`],
    ['LastModified', isoTime(record.modifiedAt)],
  ]);
}
