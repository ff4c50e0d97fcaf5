import { once } from 'node:events';
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { untilAborted } from '@kanikit/spec';
import { disturb, type Fault } from './fault.ts';

/** A request as a proxy sees it. Counts grow while bodies pass. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<IncomingMessage['headers']>;
  /** Bytes of its body that came in (and went on, unless the fault kept it). */
  readonly requestBytes: number;
  /** Bytes of the answer's body that went out. */
  readonly responseBytes: number;
  /** Undefined while, or because, no answer came. */
  readonly status: number | undefined;
  readonly fault: Fault | undefined;
}

export type CountedRequest = { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] };

/** The server behind a proxy. */
export interface ProxyTarget {
  /** Its origin: `http://127.0.0.1:9000`. */
  readonly target: string;
  /** PEM: whom the proxy trusts as the server's authority. */
  readonly authority?: string;
  /** Connections to it. @default one for each request, so that none is met that the server has just closed */
  readonly agent?: Agent;
}

/** Passes a request on and its answer back, with the request's fault. Throws where one side breaks, so that the other can be broken. */
export async function relayRequest(
  server: ProxyTarget,
  seen: CountedRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { fault } = seen;
  const countIn = (bytes: number): void => void (seen.requestBytes += bytes);
  const countOut = (bytes: number): void => void (seen.responseBytes += bytes);
  const body = disturb(request, 'request', fault, countIn, gone.signal);
  switch (fault?.kind) {
    case 'drop':
      request.socket.resetAndDestroy();
      return;
    case 'answer':
      for await (const _chunk of body);
      seen.status = fault.status;
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    case 'delay':
      await setTimeout(fault.ms, undefined, { signal: gone.signal });
      break;
    case 'hold':
      await untilAborted(fault.until, gone.signal);
  }
  const forwarded = forwardRequest(server, request, gone.signal);
  const answering = once(forwarded, 'response') as Promise<[IncomingMessage]>;
  const sending = send(body, forwarded);
  // A server may answer before it has read everything. Where sending fails, no answer comes.
  const [answer] = await Promise.race([answering, sending.then(() => answering)]);
  if (fault?.kind === 'lose-answer') {
    await sending;
    answer.destroy();
    throw new Error('the answer was lost: a fault of the test');
  }
  seen.status = answer.statusCode;
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, answer.rawHeaders);
  await send(disturb(answer, 'response', fault, countOut, gone.signal), response);
}

/** Begins a request like this one, without its body. */
export function forwardRequest(
  { target, authority, agent }: ProxyTarget,
  { method, url, rawHeaders }: IncomingMessage,
  signal: AbortSignal,
): ClientRequest {
  const { protocol, hostname, port } = new URL(target);
  const settings = {
    hostname,
    port,
    method,
    path: url,
    headers: rawHeaders,
    agent: agent ?? false,
    signal,
  } as const;
  const forwarded =
    protocol === 'https:' ? requestHttps({ ...settings, ca: authority }) : requestHttp(settings);
  // Those who wait for it hear of errors; one that comes after the answer matters to nobody.
  forwarded.on('error', () => undefined);
  return forwarded;
}

async function send(body: AsyncIterable<Buffer>, sink: ClientRequest | ServerResponse): Promise<void> {
  const closed = new Promise((resolve) => sink.on('close', resolve));
  try {
    for await (const chunk of body) {
      // After an early answer nobody reads the rest, but the client must get rid of it.
      if (sink.destroyed || sink.write(chunk)) continue;
      await Promise.race([new Promise((resolve) => sink.once('drain', resolve)), closed]);
    }
    sink.end();
  } catch (error) {
    // What came before the fault arrives.
    await Promise.race([new Promise((resolve) => sink.write('', resolve)), closed]);
    sink.destroy();
    throw error;
  }
}
