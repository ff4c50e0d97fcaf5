import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createProxiedAgent, http, https } from '@kanikit/toolkit/proxy';
import { readBody } from './read-body.ts';
import { withSystemAuthorities } from './system-authorities.ts';

export interface HttpGetOptions {
  /** Sent to the first host only, as are user and password of the URL. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** PEM certificates to trust besides the system's. */
  readonly certificateAuthorities?: string | undefined;
  /** For the proxy variables. @default that of the process */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Without the `Content-Encoding` gzip. Read it to its end, or return from it, or discard it. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** As Go's client, so that what works here works in the executor. */
const mostRedirects = 10;
/** Longest silence of a server, from the connection's start on. */
const idleTimeoutMs = 30_000;
/** Waits before further attempts, for servers that answer with an error of their own now and then. */
const retryDelaysMs: readonly number[] = [200, 800, 2000];

/**
 * Answer of a GET behind all redirects, whatever its status. Tries again after 429, 5xx and broken connections. Throws the system's errors,
 * and the signal's reason.
 */
export async function httpGet(url: URL, options: HttpGetOptions): Promise<HttpAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const delayMs = retryDelaysMs[attempt];
    try {
      const answer = await followRedirects(url, options);
      if (!mayPass(answer.statusCode ?? 0) || delayMs === undefined) return finish(answer, options.signal);
      answer.destroy();
    } catch (error) {
      options.signal.throwIfAborted();
      if (delayMs === undefined || !isBroken(error)) throw error;
    }
    await delay(delayMs, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
  }
}

function finish(answer: IncomingMessage, signal: AbortSignal): HttpAnswer {
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: readBody(answer, idleTimeoutMs, signal),
    discard: () => answer.destroy(),
  };
}

async function followRedirects(start: URL, options: HttpGetOptions): Promise<IncomingMessage> {
  let url = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await getOnce(url, url.origin === start.origin ? start : undefined, options);
    const { location } = answer.headers;
    if (!isRedirect(answer.statusCode) || location === undefined) return answer;
    answer.destroy();
    const next = URL.parse(location, url.href);
    if (next === null || !/^https?:$/.test(next.protocol))
      throw new Error('the server redirects to a malformed URL');
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new Error('the server redirects from https to http');
    url = next;
  }
  throw new Error(`the server redirects more than ${mostRedirects} times`);
}

async function getOnce(
  url: URL,
  credentials: URL | undefined,
  options: HttpGetOptions,
): Promise<IncomingMessage> {
  const request = start(url, credentials, options);
  request.setTimeout(idleTimeoutMs, () =>
    request.destroy(new Error(`the server was silent for ${idleTimeoutMs / 1000} s`)),
  );
  request.end();
  try {
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    // From here on the reader of the body minds the time: it may itself be slow.
    request.setTimeout(0);
    // What breaks later is told to that reader.
    answer.on('error', () => {});
    return answer;
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  }
}

function start(url: URL, credentials: URL | undefined, options: HttpGetOptions): ClientRequest {
  const common = {
    // Go asks for this, too: what a server does with it decides whether the executor can unpack what it gets.
    headers: { 'accept-encoding': 'gzip', ...(credentials === undefined ? {} : options.headers) },
    signal: options.signal,
    ...(credentials !== undefined && credentials.username + credentials.password !== ''
      ? { auth: `${decode(credentials.username)}:${decode(credentials.password)}` }
      : {}),
  };
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  const ca = withSystemAuthorities(options.certificateAuthorities);
  const agent = createProxiedAgent(url, ca === undefined ? {} : { ca: [...ca] }, { env: options.env });
  return (url.protocol === 'http:' ? http : https).request(bare, { ...common, agent });
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && [301, 302, 303, 307, 308].includes(status);
}

function mayPass(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

function isBroken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'EAI_AGAIN';
}
