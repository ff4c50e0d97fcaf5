import type { ObjectRecord } from './bucket-records.ts';
import type { Precondition } from './bucket-store.ts';
import { S3Error } from './s3-error.ts';
import { header, type S3Request } from './s3-request.ts';

/** `If-Match` and its siblings on GET and HEAD: throws 412, or 304 without a body (RFC 9110, 13.2.2). */
export function checkReadConditions(request: S3Request, record: ObjectRecord): void {
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  const unmodifiedSince = seconds(header(request, 'if-unmodified-since'));
  const modifiedSince = seconds(header(request, 'if-modified-since'));
  const modified = Math.floor(record.modifiedAt / 1000);
  if (ifMatch !== undefined && !matches(ifMatch, record.etag)) throw preconditionFailed('If-Match');
  if (ifMatch === undefined && unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const isUnchanged =
    ifNoneMatch === undefined
      ? modifiedSince !== undefined && modified <= modifiedSince
      : matches(ifNoneMatch, record.etag);
  if (isUnchanged) {
    throw new S3Error(304, 'NotModified', 'Not Modified', {
      headers: { ETag: `"${record.etag}"`, 'Last-Modified': new Date(record.modifiedAt).toUTCString() },
    });
  }
}

/** `If-None-Match: *` and `If-Match` on writes, to be checked when the object is put in place. */
export function writePrecondition(request: S3Request): Precondition {
  const ifNoneMatch = header(request, 'if-none-match');
  const ifMatch = header(request, 'if-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      {
        details: [['Header', 'If-None-Match']],
      },
    );
  }
  return (current) => {
    if (ifNoneMatch === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (current === undefined) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  };
}

/** True when a list of entity tags names this one. */
export function matches(list: string, etag: string): boolean {
  return list
    .split(',')
    .map((entry) =>
      entry
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .some((entry) => entry === '*' || entry === etag);
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { details: [['Condition', condition]] },
  );
}

function seconds(date: string | undefined): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
