import { compareKeys, readLimit } from './list-objects.ts';
import {
  isoTime,
  requireUpload,
  sendXml,
  type BucketContext,
  type ObjectContext,
} from './operation-context.ts';
import { queryValue } from './s3-request.ts';
import type { XmlNode } from './xml.ts';

/** ListParts. */
export function listParts({ bucket, key, request, response }: ObjectContext, id: string): void {
  const upload = requireUpload(bucket, key, id);
  const marker = Number(queryValue(request, 'part-number-marker') ?? 0);
  const limit = readLimit(request, 'max-parts');
  const rest = [...upload.parts.values()]
    .filter((part) => part.number > marker)
    .toSorted((left, right) => left.number - right.number);
  const page = rest.slice(0, limit);
  sendXml(response, 'ListPartsResult', [
    ['Bucket', bucket.name],
    ['Key', key],
    ['UploadId', id],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', page.at(-1)?.number ?? marker],
    ['MaxParts', limit],
    ['IsTruncated', page.length < rest.length],
    ...page.map((part): XmlNode => [
      'Part',
      [
        ['PartNumber', part.number],
        ['LastModified', isoTime(part.modifiedAt)],
        ['ETag', `"${part.etag}"`],
        ['Size', part.segment.sizeBytes],
      ],
    ]),
  ]);
}

/** ListMultipartUploads. */
export function listUploads({ bucket, request, response }: BucketContext): void {
  const prefix = queryValue(request, 'prefix') ?? '';
  const keyMarker = queryValue(request, 'key-marker') ?? '';
  const idMarker = queryValue(request, 'upload-id-marker') ?? '';
  const limit = readLimit(request, 'max-uploads');
  const rest = [...bucket.uploads.values()]
    .filter(({ key, id }) => {
      const order = compareKeys(key, keyMarker);
      return key.startsWith(prefix) && (order > 0 || (order === 0 && idMarker !== '' && id > idMarker));
    })
    .toSorted((left, right) => compareKeys(left.key, right.key) || compareKeys(left.id, right.id));
  const page = rest.slice(0, limit);
  const isTruncated = page.length < rest.length;
  sendXml(response, 'ListMultipartUploadsResult', [
    ['Bucket', bucket.name],
    ['Prefix', prefix],
    ['KeyMarker', keyMarker],
    ['UploadIdMarker', idMarker],
    ['NextKeyMarker', isTruncated ? page.at(-1)?.key : undefined],
    ['NextUploadIdMarker', isTruncated ? page.at(-1)?.id : undefined],
    ['MaxUploads', limit],
    ['IsTruncated', isTruncated],
    ...page.map((upload): XmlNode => [
      'Upload',
      [
        ['Key', upload.key],
        ['UploadId', upload.id],
        ['Initiated', isoTime(upload.startedAt)],
      ],
    ]),
  ]);
}
