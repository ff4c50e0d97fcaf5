import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, request as requestHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import type { ServerCertificate } from './certificate-authority.ts';
import { disturb, type Fault } from './fault.ts';

/** Which requests go wrong, and how. The first rule that fits a request and is not used up has it. */
export interface FaultRule {
  readonly fault: Fault;
  /** @default every request */
  readonly when?: (request: SeenRequest) => boolean;
  /** So many fitting requests go well first. @default 0 */
  readonly after?: number;
  /** So many fitting requests go wrong. @default 1 */
  readonly times?: number;
}

/** A request as the proxy sees it. Counts grow while bodies pass. */
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

/** An HTTP server before any other, which makes go wrong what the rules say, and counts. */
export interface FaultProxy extends AsyncDisposable {
  /** Origin to use instead of the server's. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start or the last `forget`, oldest first. */
  readonly requests: readonly SeenRequest[];
  add(...rules: readonly FaultRule[]): void;
  /** Drops all rules and all seen requests. */
  forget(): void;
}

export interface FaultProxyOptions {
  /** Origin of the server behind: `http://127.0.0.1:9000`. `Host` and all other headers pass unchanged, so signatures stay valid. */
  readonly target: string;
  /** Makes the proxy speak TLS. */
  readonly certificate?: ServerCertificate;
  /** PEM: whom the proxy trusts as the server's authority. */
  readonly authority?: string;
  readonly rules?: readonly FaultRule[];
}

type Seen = { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] };
type LiveRule = FaultRule & { fitting: number };

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const rules: LiveRule[] = [];
  const requests: Seen[] = [];
  const add = (...added: readonly FaultRule[]): void => {
    rules.push(...added.map((rule) => ({ ...rule, fitting: 0 })));
  };
  add(...(options.rules ?? []));

  const answer: RequestListener = (request, response) => {
    const seen: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      requestBytes: 0,
      responseBytes: 0,
      status: undefined,
      fault: undefined,
    };
    seen.fault = takeFault(rules, seen);
    requests.push(seen);
    const { socket } = request;
    // Whatever breaks on one side breaks the other.
    relay(options, seen, request, response).catch(() => socket.destroy());
  };
  const { certificate } = options;
  const server =
    certificate === undefined
      ? createServer(answer)
      : createTlsServer({ cert: certificate.certificate, key: certificate.key }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    add,
    forget: () => {
      rules.length = 0;
      requests.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function takeFault(rules: readonly LiveRule[], seen: SeenRequest): Fault | undefined {
  for (const rule of rules) {
    const after = rule.after ?? 0;
    if (rule.when?.(seen) === false || rule.fitting >= after + (rule.times ?? 1)) continue;
    rule.fitting += 1;
    if (rule.fitting > after) return rule.fault;
  }
  return undefined;
}

async function relay(
  options: FaultProxyOptions,
  seen: Seen,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { fault } = seen;
  const requestBody = disturb(
    request,
    'request',
    fault,
    (count) => (seen.requestBytes += count),
    gone.signal,
  );
  switch (fault?.kind) {
    case 'drop':
      request.socket.resetAndDestroy();
      return;
    case 'answer':
      for await (const _chunk of requestBody);
      seen.status = fault.status;
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    case 'delay':
      await setTimeout(fault.ms, undefined, { signal: gone.signal });
  }
  const forwarded = forward(options, request, gone.signal);
  const answering = once(forwarded, 'response') as Promise<[IncomingMessage]>;
  const sending = send(requestBody, forwarded);
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
  const count = (bytes: number): void => void (seen.responseBytes += bytes);
  await pipeline(disturb(answer, 'response', fault, count, gone.signal), response);
}

async function send(body: AsyncIterable<Buffer>, forwarded: ClientRequest): Promise<void> {
  try {
    for await (const chunk of body) {
      // After an early answer nobody reads the rest, but the client must get rid of it.
      if (forwarded.destroyed || forwarded.write(chunk)) continue;
      await Promise.race([once(forwarded, 'drain'), once(forwarded, 'close')]);
    }
    forwarded.end();
  } catch (error) {
    forwarded.destroy();
    throw error;
  }
}

function forward(options: FaultProxyOptions, request: IncomingMessage, signal: AbortSignal): ClientRequest {
  const url = new URL(request.url ?? '/', options.target);
  const settings = { method: request.method, headers: request.rawHeaders, agent: false, signal } as const;
  const forwarded =
    url.protocol === 'https:'
      ? requestHttps(url, { ...settings, ca: options.authority })
      : requestHttp(url, settings);
  // Those who wait for it hear of errors; one that comes after the answer matters to nobody.
  forwarded.on('error', () => undefined);
  return forwarded;
}
