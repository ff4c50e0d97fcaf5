import type { IncomingMessage, ServerResponse } from 'node:http';

import { isErrno } from './atomic-file.ts';
import { requireUser } from './basic-auth.ts';
import { deleteBlob, sendBlob } from './blob-routes.ts';

import { sendCatalog, sendReferrers, sendTags } from './listing-routes.ts';
import { deleteManifest, receiveManifest, sendManifest } from './manifest-routes.ts';
import { RegistryError, sendRegistryProblem } from './registry-error.ts';
import { prepareRegistryFolder, registryFiles, type RegistryFiles } from './registry-files.ts';
import { requireDigest } from './require-digest.ts';
import { isRepositoryName, parseRoute } from './route.ts';
import {
  appendToUpload,
  cancelUpload,
  describeUpload,
  finishUpload,
  startUpload,
  type UploadContext,
} from './upload-routes.ts';
import { createUploadSessions, type UploadSessions } from './upload-sessions.ts';

/** Sees a request before the server does; true means that it has answered, or will. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface RegistryOptions {
  /** Everything the registry keeps, also over a restart or a kill. One process at a time. */
  readonly folder: string;
  /** Name → password for basic authentication; without it everybody may do everything. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  /** For tests: plays faults. */
  readonly intercept?: Intercept | undefined;
}

/**
 * An OCI registry (distribution spec 1.1) as a request handler for `node:http` or `node:https`.
 *
 * @example
 * createServer(createRegistryHandler({ folder: '/tmp/registry' })).listen(5000, '127.0.0.1');
 */
export function createRegistryHandler(options: RegistryOptions): RequestHandler {
  const files = registryFiles(options.folder);
  const uploads = createUploadSessions(files.uploads);
  let prepared: Promise<void> | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (options.users !== undefined) requireUser(request, options.users);
    prepared ??= prepareRegistryFolder(files).catch((error: unknown) => {
      // The next request tries again: the disk may have been full.
      prepared = undefined;
      throw error;
    });
    await prepared;
    await serve(files, uploads, request, response);
  };
  return (request, response) => {
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
    if (options.intercept?.(request, response) === true) return;
    answer(request, response).catch((error: unknown) => {
      sendFailure(request, response, error);
    });
  };
}

async function serve(
  files: RegistryFiles,
  uploads: UploadSessions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
  const query = new URLSearchParams(rawQuery);
  const route = parseRoute(decodePath(rawPath));
  const method = request.method ?? '';
  const isRead = method === 'GET' || method === 'HEAD';
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
  const upload: UploadContext = { files, uploads, request, response, query };
  switch (route.kind) {
    case 'base':
      if (!isRead) break;
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
      response.end(method === 'HEAD' ? undefined : '{}');
      return;
    case 'catalog':
      if (isRead) return await sendCatalog(files, query, response);
      break;
    case 'tags':
      if (isRead) return await sendTags(files, route.repository, query, response);
      break;
    case 'referrers':
      if (!isRead) break;
      return await sendReferrers(files, route.repository, requireDigest(route.digest), query, response);
    case 'uploads':
      if (method === 'POST') return await startUpload(upload, route.repository);
      break;
    case 'upload':
      if (method === 'PATCH') return await appendToUpload(upload, route.repository, route.id);
      if (method === 'PUT') return await finishUpload(upload, route.repository, route.id);
      if (method === 'DELETE') return await cancelUpload(upload, route.repository, route.id);
      if (isRead) return describeUpload(upload, route.repository, route.id);
      break;
    case 'blob': {
      const digest = requireDigest(route.digest);
      if (isRead) return await sendBlob(files, route.repository, digest, request, response);
      if (method === 'DELETE') return await deleteBlob(files, route.repository, digest, response);
      break;
    }
    case 'manifest': {
      const { repository, reference } = route;
      if (isRead) return await sendManifest(files, repository, reference, request, response);
      if (method === 'PUT')
        return await receiveManifest(files, repository, reference, query, request, response);
      if (method === 'DELETE') return await deleteManifest(files, repository, reference, response);
      break;
    }
  }
  throw new RegistryError({
    status: 405,
    code: 'UNSUPPORTED',
    message: `${method} is not possible on ${rawPath}`,
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // What is left of the body is read and dropped: with it unread, the connection would hang, then break.
  request.resume();
  if (response.headersSent) {
    // Too late for an error document: a broken connection tells the client that the body is not whole.
    response.destroy();
  } else if (error instanceof RegistryError) {
    sendRegistryProblem(response, error.problem);
  } else {
    const status = isErrno(error, 'ENOSPC', 'EDQUOT', 'EFBIG') ? 507 : 500;
    const message = error instanceof Error ? error.message : String(error);
    sendRegistryProblem(response, { status, code: 'UNKNOWN', message });
  }
}
