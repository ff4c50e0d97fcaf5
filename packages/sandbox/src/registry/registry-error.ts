import type { ServerResponse } from 'node:http';

/** Error codes of the OCI distribution spec, and `UNKNOWN` as other registries answer when the server is at fault. */
export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'
  | 'UNKNOWN';

export interface RegistryProblem {
  readonly status: number;
  readonly code: RegistryErrorCode;
  readonly message: string;
  readonly detail?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by a route; the handler turns it into the error document of the distribution spec. */
export class RegistryError extends Error {
  readonly problem: RegistryProblem;

  constructor(problem: RegistryProblem) {
    super(problem.message);
    this.name = 'RegistryError';
    this.problem = problem;
  }
}

/** Answers with the error document of the distribution spec. */
export function sendRegistryProblem(response: ServerResponse, problem: RegistryProblem): void {
  const { code, message, detail } = problem;
  const body = JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] });
  response.writeHead(problem.status, {
    ...problem.headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
