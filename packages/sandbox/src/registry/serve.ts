import type { IncomingMessage, ServerResponse } from 'node:http';

import { deleteBlob, sendBlob } from './blob-routes.ts';
import { sendCatalog, sendReferrers, sendTags } from './listing-routes.ts';
import { deleteManifest, receiveManifest, sendManifest } from './manifest-routes.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryFiles } from './registry-files.ts';
import { requireDigest } from './require-digest.ts';
import { isRepositoryName, parseRoute, type Route } from './route.ts';
import { appendToUpload, cancelUpload, describeUpload, finishUpload, startUpload } from './upload-routes.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** What every route works with. */
export interface ServeContext {
  readonly files: RegistryFiles;
  readonly uploads: UploadSessions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers a request; throws what the distribution spec says about requests that can't be answered. */
export async function serve(context: ServeContext): Promise<void> {
  const { request } = context;
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
  const route = parseRoute(decodePath(rawPath));
  if (route === undefined) {
    throw new RegistryError({
      status: 404,
      code: 'UNSUPPORTED',
      message: `${rawPath} is not part of the API`,
    });
  }
  if ('repository' in route && !isRepositoryName(route.repository)) {
    throw new RegistryError({
      status: 400,
      code: 'NAME_INVALID',
      message: `"${route.repository}" is not a valid repository name`,
    });
  }
  // HEAD is GET without the body, which Node leaves out by itself where a route does not.
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const run = findOperation(context, route, method, new URLSearchParams(rawQuery));
  if (run === undefined) {
    throw new RegistryError({
      status: 405,
      code: 'UNSUPPORTED',
      message: `${request.method} is not possible on ${rawPath}`,
    });
  }
  await run();
}

type Operation = () => Promise<void> | void;

/** What a method does on a route; undefined when the API has no such thing. */
function findOperation(
  { files, uploads, request, response }: ServeContext,
  route: Route,
  method: string,
  query: URLSearchParams,
): Operation | undefined {
  const upload = { files, uploads, request, response, query };
  switch (route.kind) {
    case 'base':
      return { GET: () => sendBase(response) }[method];
    case 'catalog':
      return { GET: () => sendCatalog(files, query, response) }[method];
    case 'tags':
      return { GET: () => sendTags(files, route.repository, query, response) }[method];
    case 'referrers':
      return {
        GET: () => sendReferrers(files, route.repository, requireDigest(route.digest), query, response),
      }[method];
    case 'uploads':
      return { POST: () => startUpload(upload, route.repository) }[method];
    case 'upload':
      return {
        GET: () => describeUpload(upload, route.repository, route.id),
        PATCH: () => appendToUpload(upload, route.repository, route.id),
        PUT: () => finishUpload(upload, route.repository, route.id),
        DELETE: () => cancelUpload(upload, route.repository, route.id),
      }[method];
    case 'blob':
      return {
        GET: () => sendBlob(files, route.repository, requireDigest(route.digest), request, response),
        DELETE: () => deleteBlob(files, route.repository, requireDigest(route.digest), response),
      }[method];
    case 'manifest':
      return {
        GET: () => sendManifest(files, route.repository, route.reference, request, response),
        PUT: () => receiveManifest(files, route.repository, route.reference, query, request, response),
        DELETE: () => deleteManifest(files, route.repository, route.reference, response),
      }[method];
  }
}

function sendBase(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
  response.end('{}');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
