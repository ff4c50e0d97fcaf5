import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { ifExists } from './atomic-file.ts';
import { removeBlob } from './blob-store.ts';
import { parseByteRange } from './byte-range.ts';
import { formatDigest, type Digest } from './digest.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryFiles } from './registry-files.ts';

/** `GET` and `HEAD …/blobs/DIGEST`, whole or one range. */
export async function sendBlob(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const handle = await ifExists(open(files.repositoryBlob(repository, digest)));
  if (handle === undefined) throw blobUnknown(digest);
  await using _ = handle;
  const { size } = await handle.stat();
  const range = request.method === 'HEAD' ? undefined : parseByteRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    throw new RegistryError({
      status: 416,
      code: 'SIZE_INVALID',
      message: `range ${request.headers.range} is outside of the blob's ${size} bytes`,
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  response.writeHead(range === undefined ? 200 : 206, {
    'Accept-Ranges': 'bytes',
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start + 1,
    'Docker-Content-Digest': formatDigest(digest),
    ETag: `"${formatDigest(digest)}"`,
    ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }),
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  await pipeline(
    handle.createReadStream({ start, end, autoClose: false, highWaterMark: 256 * 1024 }),
    response,
  );
}

/** `DELETE …/blobs/DIGEST`. */
export async function deleteBlob(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  response: ServerResponse,
): Promise<void> {
  if (!(await removeBlob(files, repository, digest))) throw blobUnknown(digest);
  response.writeHead(202, { 'Content-Length': 0 }).end();
}

function blobUnknown(digest: Digest): RegistryError {
  return new RegistryError({
    status: 404,
    code: 'BLOB_UNKNOWN',
    message: 'blob unknown to registry',
    detail: { digest: formatDigest(digest) },
  });
}
