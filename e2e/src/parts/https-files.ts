import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CertificateAuthority } from './certificate-authority.ts';

/** A web server over a folder: GET, HEAD, one range, `ETag` with its conditions, 404, and 403 for who may not read. */
export interface HttpsFiles extends AsyncDisposable {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Every request so far, oldest first: `GET /a.tar.gz`, `GET /a.tar.gz bytes=5-`. */
  readonly requests: readonly string[];
}

export interface HttpsFilesOptions {
  readonly authority: CertificateAuthority;
  /** Further names of the server, besides `127.0.0.1` and `localhost`. */
  readonly hosts?: readonly string[];
  /** Who may read; others get 403. Everyone where it is absent. */
  readonly isAllowed?: (request: IncomingMessage) => boolean;
}

/** Faults are the work of a `fault-proxy` before it. */
export async function startHttpsFiles(folder: string, options: HttpsFilesOptions): Promise<HttpsFiles> {
  const { certificate, key } = await options.authority.issue([
    '127.0.0.1',
    'localhost',
    ...(options.hosts ?? []),
  ]);
  const root = await realpath(folder);
  const requests: string[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    requests.push([request.method, request.url, request.headers.range].filter(Boolean).join(' '));
    const serving =
      options.isAllowed?.(request) === false
        ? Promise.resolve(refuse(response, 403))
        : serve(root, request, response);
    // A client that goes away is its own affair.
    serving.catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const { pathname } = new URL(request.url ?? '/', 'https://files.invalid');
  const file = join(root, decodeURIComponent(pathname));
  const stats = await stat(file).catch(() => undefined);
  if (!file.startsWith(root + sep) || stats?.isFile() !== true) return refuse(response, 404);

  const tag = `"${stats.ino.toString(16)}-${stats.mtimeMs.toString(16)}-${stats.size.toString(16)}"`;
  if (request.headers['if-none-match'] === tag) return refuse(response, 304);
  if ((request.headers['if-match'] ?? tag) !== tag) return refuse(response, 412);
  const range = (request.headers['if-range'] ?? tag) === tag ? request.headers.range : undefined;
  const [start, end] = parseRange(range, stats.size);
  if (start > end && stats.size > 0) return refuse(response, 416);
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'application/octet-stream',
    etag: tag,
    'last-modified': stats.mtime.toUTCString(),
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${stats.size}` }),
  });
  if (request.method === 'HEAD' || stats.size === 0) response.end();
  else await pipeline(createReadStream(file, { start, end }), response);
}

/** First and last byte; the first is behind the last where the range can't be served. */
function parseRange(range: string | undefined, size: number): readonly [number, number] {
  if (range === undefined) return [0, size - 1];
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === undefined || last === undefined) return [size, -1];
  if (first === '') return last === '' ? [size, -1] : [Math.max(0, size - Number(last)), size - 1];
  return [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
