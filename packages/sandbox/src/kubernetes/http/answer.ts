import type { ServerResponse } from 'node:http';
import { StatusError, internalError, statusOf } from '../status-error.ts';

/** What a handler answers; handlers that stream write by themselves and return undefined. */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
  /** Texts for `Warning` headers, which kubectl prints. */
  readonly warnings?: readonly string[];
  /** @default application/json */
  readonly mediaType?: string;
}

export function ok(body: unknown, warnings: readonly string[] = []): Answer {
  return { code: 200, body, warnings };
}

export function writeAnswer(response: ServerResponse, answer: Answer): void {
  const text = JSON.stringify(answer.body);
  for (const warning of answer.warnings ?? [])
    response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  response.writeHead(answer.code, {
    'content-type': answer.mediaType ?? 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  });
  response.end(text);
}

export function writeText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Answers with the `Status` of an error; what is no `StatusError` becomes 500. Cuts the connection when a body has begun. */
export function writeError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status =
    error instanceof StatusError ? error : internalError(String((error as Error)?.message ?? error));
  if (status.code === 401) response.setHeader('www-authenticate', 'Bearer');
  if (status.code === 413) response.setHeader('connection', 'close');
  writeAnswer(response, { code: status.code, body: statusOf(status) });
}
