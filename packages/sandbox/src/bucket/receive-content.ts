import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { basename } from 'node:path';

import { writeFully } from '../registry/atomic-file.ts';
import { openPayload } from './payload.ts';
import type { Authenticated } from './authenticate.ts';
import type { Segment, StoredChecksum } from './bucket-records.ts';
import { S3Error } from './s3-error.ts';
import { header, type S3Request } from './s3-request.ts';

/** The largest object or part that one request may carry. */
const maximumContentBytes = 5 * 1024 ** 3;

export interface ReceivedContent {
  readonly segment: Segment;
  /** Hex MD5, S3's etag of content that came in one request. */
  readonly etag: string;
  readonly checksum: StoredChecksum | undefined;
}

/** Streams a request's content into `file`, checked against every length, hash and checksum the client gave. Removes the file on failure. */
export async function receiveContent(
  request: S3Request,
  authenticated: Authenticated,
  file: string,
): Promise<ReceivedContent> {
  const expectedBytes = contentLength(request);
  if (expectedBytes > maximumContentBytes) {
    throw new S3Error(
      400,
      'EntityTooLarge',
      'Your proposed upload exceeds the maximum allowed object size.',
      {
        details: [
          ['ProposedSize', expectedBytes],
          ['MaxSizeAllowed', maximumContentBytes],
        ],
      },
    );
  }
  try {
    const payload = openPayload(request, authenticated);
    const md5 = createHash('md5');
    let sizeBytes = 0;
    {
      await using handle = await open(file, 'wx', 0o600);
      for await (const chunk of payload.content) {
        if (sizeBytes + chunk.length > expectedBytes) throw incompleteBody();
        await writeFully(handle, chunk, sizeBytes);
        md5.update(chunk);
        sizeBytes += chunk.length;
      }
      if (sizeBytes !== expectedBytes) throw incompleteBody();
      await handle.datasync();
    }
    const etag = md5.digest();
    requireMd5(request, etag);
    return {
      segment: { file: basename(file), sizeBytes },
      etag: etag.toString('hex'),
      checksum: payload.verify(),
    };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Length of the content proper, without `aws-chunked` framing. */
function contentLength(request: S3Request): number {
  const isChunked = (header(request, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-');
  const text = header(request, isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined || !/^\d+$/.test(text)) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  return Number(text);
}

function requireMd5(request: S3Request, md5: Buffer): void {
  const expected = header(request, 'content-md5');
  if (expected === undefined) return;
  if (Buffer.from(expected, 'base64').length !== 16) {
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  if (expected === md5.toString('base64')) return;
  throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
    details: [
      ['ExpectedDigest', expected],
      ['CalculatedDigest', md5.toString('base64')],
    ],
  });
}

function incompleteBody(): S3Error {
  return new S3Error(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}
