import type { IncomingMessage, ServerResponse } from 'node:http';

import { adoptBlob, mountBlob } from './blob-store.ts';
import { formatDigest, type Digest } from './digest.ts';
import { RegistryError } from './registry-error.ts';
import { requireDigest } from './require-digest.ts';
import type { RegistryFiles } from './registry-files.ts';
import { isRepositoryName } from './route.ts';
import type { Upload, UploadSessions } from './upload-sessions.ts';

export interface UploadContext {
  readonly files: RegistryFiles;
  readonly uploads: UploadSessions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** `POST …/blobs/uploads/`: starts an upload, takes a whole blob (`digest`) or mounts one from elsewhere (`mount`, `from`). */
export async function startUpload(context: UploadContext, repository: string): Promise<void> {
  const { files, uploads, query } = context;
  const mount = query.get('mount');
  if (mount !== null) {
    const digest = requireDigest(mount);
    const from = query.get('from') ?? undefined;
    const isSafe = from === undefined || isRepositoryName(from);
    if (isSafe && (await mountBlob(files, repository, digest, from))) {
      return sendCreated(context.response, repository, digest);
    }
    // Without the blob at hand the spec falls back to an ordinary upload.
  }
  const whole = query.get('digest');
  const digest = whole === null ? undefined : requireDigest(whole);
  const upload = uploads.start(repository);
  if (digest === undefined) return sendUploadState(context.response, 202, upload);
  await uploads.append(upload, context.request);
  await finish(context, upload, digest);
}

/** `PATCH …/blobs/uploads/ID`: appends a chunk (with `Content-Range`) or a stream of any length (without). */
export async function appendToUpload(context: UploadContext, repository: string, id: string): Promise<void> {
  const upload = context.uploads.get(repository, id);
  requireTurn(upload, context.request);
  await context.uploads.append(upload, context.request);
  sendUploadState(context.response, 202, upload);
}

/** `PUT …/blobs/uploads/ID?digest=…`: takes the last bytes, if any, and closes the upload. */
export async function finishUpload(context: UploadContext, repository: string, id: string): Promise<void> {
  const upload = context.uploads.get(repository, id);
  const digest = requireDigest(context.query.get('digest') ?? '');
  requireTurn(upload, context.request);
  await context.uploads.append(upload, context.request);
  await finish(context, upload, digest);
}

/** `GET …/blobs/uploads/ID`: how far the upload has come. */
export function describeUpload(context: UploadContext, repository: string, id: string): void {
  sendUploadState(context.response, 204, context.uploads.get(repository, id));
}

/** `DELETE …/blobs/uploads/ID`. */
export async function cancelUpload(context: UploadContext, repository: string, id: string): Promise<void> {
  await context.uploads.drop(context.uploads.get(repository, id));
  context.response.writeHead(204).end();
}

async function finish(context: UploadContext, upload: Upload, digest: Digest): Promise<void> {
  await context.uploads.verify(upload, digest);
  await adoptBlob(context.files, upload.repository, digest, upload.file);
  await context.uploads.drop(upload);
  sendCreated(context.response, upload.repository, digest);
}

/** Refuses a chunk that does not start where the last one ended, or that comes while another is still being received. */
function requireTurn(upload: Upload, request: IncomingMessage): void {
  const range = /^(?:bytes[ =])?(\d+)-(\d+)/.exec(request.headers['content-range'] ?? '');
  const isInOrder = range === null || Number(range[1]) === upload.sizeBytes;
  if (isInOrder && !upload.busy) return;
  throw new RegistryError({
    status: 416,
    code: 'BLOB_UPLOAD_INVALID',
    message: upload.busy
      ? `blob upload ${upload.id} is still receiving another chunk`
      : `the chunk starts at byte ${range?.[1]}, but the upload has ${upload.sizeBytes} bytes`,
    headers: uploadHeaders(upload),
  });
}

function uploadHeaders(upload: Upload): Record<string, string> {
  return {
    Location: `/v2/${upload.repository}/blobs/uploads/${upload.id}`,
    Range: `0-${Math.max(upload.sizeBytes - 1, 0)}`,
    'Docker-Upload-UUID': upload.id,
  };
}

function sendUploadState(response: ServerResponse, status: 202 | 204, upload: Upload): void {
  response
    .writeHead(status, { ...uploadHeaders(upload), ...(status === 202 ? { 'Content-Length': 0 } : {}) })
    .end();
}

function sendCreated(response: ServerResponse, repository: string, digest: Digest): void {
  const text = formatDigest(digest);
  response
    .writeHead(201, {
      Location: `/v2/${repository}/blobs/${text}`,
      'Docker-Content-Digest': text,
      'Content-Length': 0,
    })
    .end();
}
