import type { ServerResponse } from 'node:http';

import { renderXml, type XmlNode } from './xml.ts';

export interface S3Problem {
  readonly status: number;
  /** As S3 names it, e.g. `NoSuchKey`. */
  readonly code: string;
  readonly message: string;
  /** Further elements of the error document. */
  readonly details?: readonly XmlNode[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown wherever a request can't be done; the handler turns it into S3's XML error document. */
export class S3Error extends Error {
  readonly problem: S3Problem;

  constructor(
    status: number,
    code: string,
    message: string,
    more: Pick<S3Problem, 'details' | 'headers'> = {},
  ) {
    super(message);
    this.name = 'S3Error';
    this.problem = { status, code, message, ...more };
  }
}

/** Answers with S3's error document; a HEAD request gets the status alone. */
export function sendS3Problem(
  response: ServerResponse,
  problem: S3Problem,
  request: { readonly resource: string; readonly requestId: string; readonly isHead: boolean },
): void {
  const hasBody = !request.isHead && problem.status !== 304;
  const body = hasBody
    ? renderXml('Error', [
        ['Code', problem.code],
        ['Message', problem.message],
        ...(problem.details ?? []),
        ['Resource', request.resource],
        ['RequestId', request.requestId],
      ])
    : '';
  response.writeHead(problem.status, {
    ...problem.headers,
    ...(hasBody ? { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) } : {}),
  });
  response.end(body);
}

export function noSuchBucket(name: string): S3Error {
  return new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', {
    details: [['BucketName', name]],
  });
}

export function noSuchUpload(id: string): S3Error {
  return new S3Error(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { details: [['UploadId', id]] },
  );
}
