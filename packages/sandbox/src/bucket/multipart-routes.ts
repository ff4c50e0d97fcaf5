import { createHash, randomUUID } from 'node:crypto';

import type { MultipartUpload, ObjectRecord, PartRecord } from './bucket-records.ts';
import { checksumAlgorithms, type ChecksumAlgorithm } from './checksums.ts';
import { writePrecondition } from './conditions.ts';
import { linkSegments, readCopySource } from './copy-source.ts';
import { readObjectHeaders } from './object-headers.ts';
import { isoTime, requireUpload, sendEmpty, sendXml, type ObjectContext } from './operation-context.ts';
import { receiveContent } from './receive-content.ts';
import { S3Error } from './s3-error.ts';
import { header, queryValue, type S3Request } from './s3-request.ts';
import { childText, type XmlElement } from './xml.ts';
import { malformedXml, readXmlBody } from './xml-body.ts';

const maximumPartNumber = 10_000;
/** S3 refuses smaller parts but for the last. */
const minimumPartBytes = 5 * 1024 * 1024;

/** CreateMultipartUpload. */
export async function createMultipartUpload(context: ObjectContext): Promise<void> {
  const { store, bucket, key, request, response } = context;
  if (header(request, 'x-amz-checksum-type')?.toUpperCase() === 'FULL_OBJECT') {
    throw new S3Error(501, 'NotImplemented', 'Checksums of whole multipart objects are not implemented.');
  }
  const id = randomUUID();
  const checksumAlgorithm = readAlgorithm(header(request, 'x-amz-checksum-algorithm'));
  await store.startUpload(bucket, {
    ...readObjectHeaders(request),
    id,
    key,
    startedAt: context.now,
    checksumAlgorithm,
  });
  sendXml(response, 'InitiateMultipartUploadResult', [
    ['Bucket', bucket.name],
    ['Key', key],
    ['UploadId', id],
  ]);
}

/** UploadPart. */
export async function uploadPart(context: ObjectContext, id: string): Promise<void> {
  const { store, bucket, key, request, response } = context;
  const upload = requireUpload(bucket, key, id);
  const number = readPartNumber(request);
  const content = await receiveContent(request, context.authenticated, store.files(bucket).newData());
  const { segment, etag, checksum } = content;
  await store.putPart(bucket, upload, { number, etag, modifiedAt: context.now, checksum, segment });
  sendEmpty(response, 200, {
    ETag: `"${etag}"`,
    ...(checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value }),
  });
}

/** UploadPartCopy, of a whole object that was put in one request. */
export async function uploadPartCopy(context: ObjectContext, id: string): Promise<void> {
  const { store, bucket, key, request, response } = context;
  const upload = requireUpload(bucket, key, id);
  const number = readPartNumber(request);
  const source = readCopySource(context);
  if (header(request, 'x-amz-copy-source-range') !== undefined || source.record.segments.length !== 1) {
    throw new S3Error(
      501,
      'NotImplemented',
      'Only whole objects that were put at once are copied as a part.',
    );
  }
  const { etag, checksum } = source.record;
  for (const segment of await linkSegments(context, source)) {
    await store.putPart(bucket, upload, { number, etag, modifiedAt: context.now, checksum, segment });
  }
  sendXml(response, 'CopyPartResult', [
    ['ETag', `"${etag}"`],
    ['LastModified', isoTime(context.now)],
  ]);
}

/** CompleteMultipartUpload. */
export async function completeMultipartUpload(context: ObjectContext, id: string): Promise<void> {
  const { store, bucket, key, request, response } = context;
  const upload = requireUpload(bucket, key, id);
  const check = writePrecondition(request);
  const document = await readXmlBody(request, context.authenticated);
  const parts = chooseParts(upload, document);
  const digests = createHash('md5');
  for (const part of parts) digests.update(Buffer.from(part.etag, 'hex'));
  const record: ObjectRecord = {
    key,
    standard: upload.standard,
    metadata: upload.metadata,
    sizeBytes: parts.reduce((sum, part) => sum + part.segment.sizeBytes, 0),
    etag: `${digests.digest('hex')}-${parts.length}`,
    modifiedAt: context.now,
    segments: parts.map((part) => part.segment),
  };
  await store.completeUpload(bucket, upload, record, check);
  sendXml(response, 'CompleteMultipartUploadResult', [
    ['Location', `/${bucket.name}/${key}`],
    ['Bucket', bucket.name],
    ['Key', key],
    ['ETag', `"${record.etag}"`],
  ]);
}

/** AbortMultipartUpload. */
export async function abortMultipartUpload(context: ObjectContext, id: string): Promise<void> {
  await context.store.abortUpload(context.bucket, requireUpload(context.bucket, context.key, id));
  sendEmpty(context.response, 204);
}

/** The parts that the client lists, each checked against what was uploaded. */
function chooseParts(upload: MultipartUpload, document: XmlElement | undefined): PartRecord[] {
  const entries = document?.children.filter((child) => child.name === 'Part') ?? [];
  if (document?.name !== 'CompleteMultipartUpload' || entries.length === 0) throw malformedXml();
  const chosen: PartRecord[] = [];
  for (const [index, entry] of entries.entries()) {
    const number = Number(childText(entry, 'PartNumber'));
    if (number <= (chosen.at(-1)?.number ?? 0)) {
      throw new S3Error(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    }
    const part = upload.parts.get(number);
    if (part === undefined || !isSamePart(entry, part)) {
      throw new S3Error(
        400,
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { details: [['PartNumber', number]] },
      );
    }
    if (index < entries.length - 1 && part.segment.sizeBytes < minimumPartBytes) {
      throw new S3Error(
        400,
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        {
          details: [
            ['ProposedSize', part.segment.sizeBytes],
            ['MinSizeAllowed', minimumPartBytes],
            ['PartNumber', number],
          ],
        },
      );
    }
    chosen.push(part);
  }
  return chosen;
}

function readPartNumber(request: S3Request): number {
  const number = Number(queryValue(request, 'partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= maximumPartNumber) return number;
  throw new S3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

function isSamePart(entry: XmlElement, part: PartRecord): boolean {
  if ((childText(entry, 'ETag') ?? '').replaceAll('"', '') !== part.etag) return false;
  return checksumAlgorithms.every((algorithm) => {
    const given = childText(entry, `Checksum${algorithm.toUpperCase()}`);
    return given === undefined || (part.checksum?.algorithm === algorithm && part.checksum.value === given);
  });
}

function readAlgorithm(text: string | undefined): ChecksumAlgorithm | undefined {
  const found = checksumAlgorithms.find((algorithm) => algorithm === text?.toLowerCase());
  if (text !== undefined && found === undefined) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  return found;
}
