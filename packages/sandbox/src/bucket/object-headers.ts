import type { ObjectHeaders, ObjectRecord } from './bucket-records.ts';
import { S3Error } from './s3-error.ts';
import { queryValue, type S3Request } from './s3-request.ts';

const kept = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const metadataPrefix = 'x-amz-meta-';
/** S3's limit for names and values together. */
const maximumMetadataBytes = 2048;
const overrides: Readonly<Record<string, string>> = {
  'response-content-type': 'content-type',
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-expires': 'expires',
};

/** The headers of an upload that come back with the object. */
export function readObjectHeaders(request: S3Request): ObjectHeaders {
  const standard: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  const metadata: Record<string, string> = {};
  let metadataBytes = 0;
  for (const [name, value] of Object.entries(request.message.headers)) {
    if (typeof value !== 'string') continue;
    if (kept.includes(name)) standard[name] = value;
    if (!name.startsWith(metadataPrefix)) continue;
    const short = name.slice(metadataPrefix.length);
    metadata[short] = value;
    metadataBytes += short.length + value.length;
  }
  if (metadataBytes > maximumMetadataBytes) {
    throw new S3Error(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        details: [
          ['Size', metadataBytes],
          ['MaxSizeAllowed', maximumMetadataBytes],
        ],
      },
    );
  }
  // `aws-chunked` is how the body was sent, not what the object is.
  const encoding = (standard['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '');
  delete standard['content-encoding'];
  if (encoding.length > 0) standard['content-encoding'] = encoding.join(',');
  return { standard, metadata };
}

/** Response headers of GET and HEAD; `response-…` parameters of the request replace some. */
export function objectResponseHeaders(request: S3Request, record: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = { ...record.standard };
  for (const [parameter, name] of Object.entries(overrides)) {
    const value = queryValue(request, parameter);
    if (value !== undefined) headers[name] = value;
  }
  for (const [name, value] of Object.entries(record.metadata)) headers[`${metadataPrefix}${name}`] = value;
  return {
    ...headers,
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  };
}
