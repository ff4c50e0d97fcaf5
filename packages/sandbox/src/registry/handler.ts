import type { IncomingMessage, ServerResponse } from 'node:http';

import { isErrno } from './atomic-file.ts';
import { requireUser } from './basic-auth.ts';
import { RegistryError, sendRegistryProblem } from './registry-error.ts';
import { prepareRegistryFolder, registryFiles } from './registry-files.ts';
import { serve } from './serve.ts';
import { createUploadSessions } from './upload-sessions.ts';

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
    await serve({ files, uploads, request, response });
  };
  return (request, response) => {
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
    if (options.intercept?.(request, response) === true) return;
    answer(request, response).catch((error: unknown) => {
      sendFailure(request, response, error);
    });
  };
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
