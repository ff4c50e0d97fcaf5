import type { IncomingMessage } from 'node:http';

import { S3Error } from './s3-error.ts';

/** A request taken apart, path style: `/bucket/key?query`. */
export interface S3Request {
  readonly message: IncomingMessage;
  readonly method: string;
  /** Decoded path, as it stands: S3 keys may hold `//` and `..`. */
  readonly path: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Decoded, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** Takes a request apart; throws InvalidURI for broken percent-encoding. */
export function parseS3Request(message: IncomingMessage): S3Request {
  const [rawPath = '', rawQuery = ''] = (message.url ?? '').split(/\?(.*)/s, 2);
  const path = decodeUri(rawPath);
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.replaceAll('+', ' ').split(/=(.*)/s, 2);
      return [decodeUri(name), decodeUri(value)] as const;
    });
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  return {
    message,
    method: message.method ?? '',
    path,
    bucket: bucket === '' ? undefined : bucket,
    key: key === '' ? undefined : key,
    query,
  };
}

/** Value of a query parameter; undefined when it is not there. */
export function queryValue(request: S3Request, name: string): string | undefined {
  return request.query.find(([candidate]) => candidate === name)?.[1];
}

export function header(request: S3Request, name: string): string | undefined {
  const value = request.message.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Undoes percent-encoding; throws InvalidURI where it is broken. */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}
