import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { isErrno } from '../registry/atomic-file.ts';
import type { Intercept, RequestHandler } from '../registry/handler.ts';
import { authenticate, type BucketCredentials } from './authenticate.ts';
import { openBucketStore, type BucketStore } from './bucket-store.ts';
import { S3Error, sendS3Problem } from './s3-error.ts';
import { parseS3Request } from './s3-request.ts';
import { serve } from './serve.ts';

export interface BucketOptions extends BucketCredentials {
  /** Everything the buckets keep, also over a restart or a kill. One process at a time. */
  readonly folder: string;
  /** Who may use a signed URL: it is in the argument list of the executor, which every user of the machine can read. @default everybody */
  readonly isTrusted?: ((request: IncomingMessage) => Promise<boolean>) | undefined;
  /** For tests: plays faults. */
  readonly intercept?: Intercept | undefined;
  /**
   * Milliseconds since the epoch.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined;
}

/**
 * An S3-compatible object store (path style, Signature Version 4) as a request handler for `node:http` or `node:https`.
 *
 * @example
 * createServer(createBucketHandler({ folder: '/tmp/bucket', accessKeyId: 'key', secretAccessKey: 'secret', region: 'us-east-1' })).listen(9000, '127.0.0.1');
 */
export function createBucketHandler(options: BucketOptions): RequestHandler {
  const now = options.now ?? Date.now;
  let store: Promise<BucketStore> | undefined;

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = parseS3Request(message);
    const authenticated = authenticate(request, options, now());
    if (authenticated.claim.isPresigned && options.isTrusted && !(await options.isTrusted(message)))
      throw new S3Error(
        403,
        'AccessDenied',
        'Signed URLs are for processes of the user who runs the sandbox.',
      );
    store ??= openBucketStore(options.folder).catch((error: unknown) => {
      // The next request tries again: the disk may have been full.
      store = undefined;
      throw error;
    });
    await serve({ store: await store, request, authenticated, response, region: options.region, now: now() });
  };
  return (request, response) => {
    const requestId = randomUUID();
    response.setHeader('x-amz-request-id', requestId);
    if (options.intercept?.(request, response) === true) return;
    answer(request, response).catch((error: unknown) => {
      sendFailure(request, response, requestId, error);
    });
  };
}

function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  error: unknown,
): void {
  // What is left of the body is read and dropped: with it unread, the connection would hang, then break.
  request.resume();
  if (response.headersSent) {
    // Too late for an error document: a broken connection tells the client that the body is not whole.
    response.destroy();
    return;
  }
  const [resource = '/'] = (request.url ?? '').split('?');
  sendS3Problem(response, toProblem(error).problem, {
    resource,
    requestId,
    isHead: request.method === 'HEAD',
  });
}

function toProblem(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (isErrno(error, 'ENOSPC', 'EDQUOT', 'EFBIG')) return new S3Error(507, 'InsufficientStorage', message);
  return new S3Error(500, 'InternalError', message);
}
