import type { ObjectRecord } from './bucket-records.ts';
import { isoTime, sendXml, type BucketContext } from './operation-context.ts';
import { S3Error } from './s3-error.ts';
import { queryValue, type S3Request } from './s3-request.ts';
import { encodeUri } from './signature.ts';
import type { XmlNode } from './xml.ts';

/** S3's limit for one page. */
const maximumPage = 1000;

/** Where a page ended; `prefix` when its last entry stood for every key with this prefix. */
interface Position {
  readonly after: string;
  readonly prefix?: true;
}

interface Page {
  readonly contents: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly next: Position | undefined;
}

/** ListObjectsV2. */
export function listObjects({ bucket, request, response }: BucketContext): void {
  const prefix = queryValue(request, 'prefix') ?? '';
  const delimiter = queryValue(request, 'delimiter') ?? '';
  const limit = readLimit(request, 'max-keys');
  const token = queryValue(request, 'continuation-token');
  const startAfter = queryValue(request, 'start-after');
  const from = token === undefined ? { after: startAfter ?? '' } : decodeToken(token);
  const page = takePage([...bucket.objects.values()], { prefix, delimiter, limit, from });
  const isUrl = queryValue(request, 'encoding-type') === 'url';
  const encode = (text: string): string => (isUrl ? encodeUri(text).replaceAll('%2F', '/') : text);
  const hasOwner = queryValue(request, 'fetch-owner') === 'true';
  sendXml(response, 'ListBucketResult', [
    ['Name', bucket.name],
    ['Prefix', encode(prefix)],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['MaxKeys', limit],
    ['EncodingType', isUrl ? 'url' : undefined],
    ['KeyCount', page.contents.length + page.prefixes.length],
    ['StartAfter', startAfter === undefined ? undefined : encode(startAfter)],
    ['ContinuationToken', token],
    ['IsTruncated', page.next !== undefined],
    ['NextContinuationToken', page.next === undefined ? undefined : encodeToken(page.next)],
    ...page.contents.map((record): XmlNode => [
      'Contents',
      [
        ['Key', encode(record.key)],
        ['LastModified', isoTime(record.modifiedAt)],
        ['ETag', `"${record.etag}"`],
        ['Size', record.sizeBytes],
        ['StorageClass', 'STANDARD'],
        ['Owner', hasOwner ? [['ID', 'kanikit']] : undefined],
      ],
    ]),
    ...page.prefixes.map((entry): XmlNode => ['CommonPrefixes', [['Prefix', encode(entry)]]]),
  ]);
}

/** A number of entries from the query, 1000 at most. */
export function readLimit(request: S3Request, name: string): number {
  const text = queryValue(request, name) ?? '';
  if (text === '') return maximumPage;
  if (!/^\d+$/.test(text))
    throw new S3Error(400, 'InvalidArgument', `Provided ${name} not an integer or within integer range`);
  return Math.min(Number(text), maximumPage);
}

/** S3 orders by the keys' UTF-8 bytes, which for characters beyond the BMP is not the order of JavaScript strings. */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  return /[\ud800-\uffff]/.test(left + right)
    ? Buffer.compare(Buffer.from(left), Buffer.from(right))
    : left < right
      ? -1
      : 1;
}

function takePage(
  records: readonly ObjectRecord[],
  { prefix, delimiter, limit, from }: { prefix: string; delimiter: string; limit: number; from: Position },
): Page {
  const contents: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last: Position | undefined;
  const sorted = records
    .filter(({ key }) => key.startsWith(prefix) && isBehind(key, from))
    .toSorted((left, right) => compareKeys(left.key, right.key));
  for (const record of sorted) {
    const cut = delimiter === '' ? -1 : record.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : record.key.slice(0, cut + delimiter.length);
    if (common !== undefined && common === prefixes.at(-1)) continue;
    if (contents.length + prefixes.length >= limit)
      return { contents, prefixes, next: limit === 0 ? undefined : last };
    if (common === undefined) {
      contents.push(record);
      last = { after: record.key };
    } else {
      prefixes.push(common);
      last = { after: common, prefix: true };
    }
  }
  return { contents, prefixes, next: undefined };
}

function isBehind(key: string, { after, prefix }: Position): boolean {
  return compareKeys(key, after) > 0 && !(prefix === true && key.startsWith(after));
}

function encodeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decodeToken(token: string): Position {
  try {
    const position = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Position>;
    if (typeof position.after === 'string') return position as Position;
  } catch {
    // Falls through to the same error as a token of the wrong shape.
  }
  throw new S3Error(400, 'InvalidArgument', 'The continuation token provided is incorrect');
}
