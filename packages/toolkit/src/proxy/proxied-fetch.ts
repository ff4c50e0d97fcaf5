import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { http, https } from './node-http.ts';
import { createProxiedAgent, type ProxyChoice } from './proxied-agent.ts';

/** What `proxiedFetch` takes of the standard's options. */
export interface FetchOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | URLSearchParams | undefined;
  /** @default follow */
  readonly redirect?: 'follow' | 'manual' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As the standard has it. */
const mostRedirects = 20;
const redirects = [301, 302, 303, 307, 308];

/**
 * `fetch` behind the proxy of the environment, whatever Node's own would do with it. Answers come as they are sent: no compression is asked for,
 * and none is taken off.
 *
 * @throws ProxyError, the system's errors, and the signal's reason
 */
export async function proxiedFetch(
  url: string,
  options: FetchOptions = {},
  choice: ProxyChoice = {},
): Promise<Response> {
  let target = new URL(url);
  let asked = options;
  for (let count = 0; count <= mostRedirects; count += 1) {
    const answer = await exchange(target, asked, choice);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (options.redirect === 'manual' || !redirects.includes(status) || location === undefined)
      return responseOf(answer, status);
    answer.destroy();
    const next = new URL(location, target);
    asked = afterRedirect(asked, status, next.origin === target.origin);
    target = next;
  }
  throw new Error(`the server redirects more than ${mostRedirects} times`);
}

async function exchange(target: URL, options: FetchOptions, choice: ProxyChoice): Promise<IncomingMessage> {
  const { method = 'GET', signal } = options;
  signal?.throwIfAborted();
  const body = options.body instanceof URLSearchParams ? options.body.toString() : options.body;
  const form = 'application/x-www-form-urlencoded;charset=UTF-8';
  const headers = {
    ...(options.body instanceof URLSearchParams ? { 'content-type': form } : {}),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  };
  const agent = createProxiedAgent(target, {}, choice);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (target.protocol === 'http:' ? http : https).request(target, {
    method,
    headers,
    agent,
    ...(signal === undefined ? {} : { signal }),
  });
  request.once('response', resolve);
  // Not `once`: a socket may report twice, and an unheard error would end the process.
  request.on('error', (error) => reject(signal?.aborted === true ? (signal.reason as Error) : error));
  request.end(body);
  return await promise;
}

function responseOf(answer: IncomingMessage, status: number): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  // The standard knows no body for these.
  const isEmpty = [101, 204, 205, 304].includes(status);
  if (isEmpty) answer.resume();
  const body = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
  return new Response(body, { status, statusText: answer.statusMessage ?? '', headers });
}

function afterRedirect(options: FetchOptions, status: number, isSameOrigin: boolean): FetchOptions {
  const isAsked = options.method === undefined || options.method === 'GET' || options.method === 'HEAD';
  const becomesGet = !isAsked && (status === 303 || (status < 303 && options.method === 'POST'));
  const { body: _body, ...withoutBody } = options;
  const next: FetchOptions = becomesGet ? { ...withoutBody, method: 'GET' } : options;
  if (isSameOrigin) return next;
  // Who may see a secret of the first server is not the second's to know.
  const headers = Object.entries(next.headers ?? {}).filter(
    ([name]) => !['authorization', 'cookie', 'proxy-authorization'].includes(name.toLowerCase()),
  );
  return { ...next, headers: Object.fromEntries(headers) };
}
