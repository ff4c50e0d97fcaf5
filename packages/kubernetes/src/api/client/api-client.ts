import type { IncomingMessage } from 'node:http';
import { createServerClock } from '@kanikit/spec';
import { http, https } from '@kanikit/toolkit/proxy';
import type { ClusterConnection } from '../connection/cluster-connection.ts';
import {
  type ApiError,
  connectionError,
  hasStatus,
  parseStatus,
  statusError,
  strangeAnswer,
} from './api-error.ts';
import { checkAnswer } from './check-answer.ts';
import { withRetries } from './retry.ts';
import { createTransport, type Route } from './transport.ts';

/** Longest wait for a whole answer, and for the headers of a stream. */
const answerTimeoutMs = 30_000;
/** Tries of a request that may be repeated. */
const attempts = 4;
/** More than any object of Kubernetes (etcd takes 1.5 MB) and than a list of one client's pods. */
const largestAnswerBytes = 64 * 1024 * 1024;

export interface ApiRequest {
  /** `PATCH` sends a JSON merge patch (RFC 7386). */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the server, e.g. `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** Form of the answer. @default application/json */
  readonly accept?: string | undefined;
  /** What is being done, for errors: `Creating pod default/a`. */
  readonly what: string;
}

/** A thin client of one Kubernetes API server. */
export interface ApiClient {
  /** `https://host:port`, for messages. */
  readonly server: string;
  /** One request, one JSON answer. */
  send<T>(request: ApiRequest, signal: AbortSignal): Promise<T>;
  /** Like `send`, repeated on 429, 5xx and broken connections, for `patienceMs` at least. Only for requests that may be repeated. */
  sendRepeatable<T>(request: ApiRequest, signal: AbortSignal, patienceMs?: number): Promise<T>;
  /** Opens an answer without an end; the signal destroys it later, too. */
  stream(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage>;
  /** Address, headers and agent for a WebSocket. */
  upgrade(
    request: ApiRequest,
    options: { readonly isRejected: boolean; readonly signal: AbortSignal },
  ): Promise<Route & { readonly url: string }>;
  /** Calls back once, when the next request of any kind succeeds; the result takes that back. */
  onAnswer(wake: () => void): () => void;
  /** How far the server's clock is ahead of this machine's, in milliseconds, to about a second; 0 before its first answer. */
  clockOffsetMs(): number;
  close(): void;
}

/** Makes the client; opens nothing until the first request. */
export function createApiClient(connection: ClusterConnection): ApiClient {
  const transport = createTransport(connection);
  const server = connection.server;
  const clock = createServerClock();
  const waiting: (() => void)[] = [];

  const locate = (request: ApiRequest): URL => {
    const url = new URL(transport.server);
    url.pathname = url.pathname.replace(/\/$/, '') + request.path;
    url.search = new URLSearchParams(request.query ?? {}).toString();
    return url;
  };

  const open = async (request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    for (let isRejected = false; ; isRejected = true) {
      const route = await transport.route({ isRejected, signal });
      const response = await exchange(locate(request), request, route, server, signal);
      const code = response.statusCode ?? 0;
      clock.note(response.headers.date);
      if (code >= 200 && code < 300) {
        for (const wake of waiting.splice(0)) wake();
        return response;
      }
      const text = await readText(response, request, server, signal);
      const error = statusError(
        request.what,
        server,
        parseStatus(code, text, response.headers['retry-after']),
      );
      if (code !== 401 || isRejected || !transport.canRefresh) throw error;
    }
  };

  const send = async <T>(request: ApiRequest, signal: AbortSignal): Promise<T> => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    try {
      const response = await open(request, bounded);
      return await readAnswer<T>(response, request, server, bounded);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SyntaxError) throw connectionError(request.what, server, error);
      if (bounded.aborted) throw timeoutError(request, server);
      throw error;
    }
  };

  return {
    server,
    send,
    sendRepeatable: (request, signal, patienceMs) =>
      withRetries(() => send(request, signal), { attempts, patienceMs, signal }),
    async stream(request, signal) {
      const headersOnly = new AbortController();
      const timer = setTimeout(() => headersOnly.abort(timeoutError(request, server)), answerTimeoutMs);
      try {
        return await open(request, AbortSignal.any([signal, headersOnly.signal]));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw headersOnly.signal.aborted ? headersOnly.signal.reason : error;
      } finally {
        clearTimeout(timer);
      }
    },
    async upgrade(request, options) {
      const route = await transport.route(options);
      const url = locate(request);
      url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
      return { ...route, url: url.href };
    },
    onAnswer(wake) {
      waiting.push(wake);
      return () => {
        const at = waiting.indexOf(wake);
        if (at !== -1) waiting.splice(at, 1);
      };
    },
    clockOffsetMs: clock.offsetMs,
    close: () => transport.close(),
  };
}

/** True where the object is not there. */
export function isMissing(error: unknown): boolean {
  return hasStatus(error, 404);
}

function exchange(
  url: URL,
  request: ApiRequest,
  route: Route,
  server: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const outgoing = (url.protocol === 'http:' ? http : https).request(url, {
      method: request.method,
      agent: route.agent,
      signal,
      headers: {
        accept: request.accept ?? 'application/json',
        'user-agent': 'kanikit',
        ...route.headers,
        ...(body === undefined
          ? {}
          : { 'content-type': contentTypeOf(request), 'content-length': body.length }),
      },
    });
    outgoing.once('response', resolve);
    // Not `once`: a socket may report twice, and an unheard error would end the process.
    outgoing.on('error', (error) => {
      reject(signal.aborted ? signal.reason : connectionError(request.what, server, error));
    });
    outgoing.end(body);
  });
}

function contentTypeOf({ method }: ApiRequest): string {
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

/** A namespace, a node, or one object in a namespace. */
const objectPath = /\/(?:namespaces\/[^/]+\/[a-z]+|namespaces|nodes)\/[^/]+$/;

/**
 * Reads an answer in JSON, of bounded size, whose fields are what they are in Kubernetes.
 *
 * @throws ApiError, SyntaxError
 */
export async function readAnswer<T>(
  response: IncomingMessage,
  request: Pick<ApiRequest, 'what'> & Partial<Pick<ApiRequest, 'method' | 'path'>>,
  server: string,
  signal: AbortSignal,
): Promise<T> {
  const answer: unknown = JSON.parse(await readText(response, request, server, signal));
  const isOfObject = request.method === 'GET' && objectPath.test(request.path ?? '');
  const problem = checkAnswer(answer, isOfObject);
  if (problem !== undefined) throw strangeAnswer(request.what, server, problem);
  return answer as T;
}

async function readText(
  response: IncomingMessage,
  request: Pick<ApiRequest, 'what'>,
  server: string,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > largestAnswerBytes)
        throw new Error(`the answer is larger than ${largestAnswerBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : connectionError(request.what, server, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function timeoutError(request: ApiRequest, server: string): ApiError {
  return connectionError(request.what, server, new Error(`no answer within ${answerTimeoutMs / 1000} s`));
}
