import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClusterConnection } from '../api/connection/cluster-connection.ts';
import type { PodObject, PodStatus } from '../api/watch/pod-object.ts';
import { createFakeLog, type FakeLog } from './fake-log.ts';
import { createFakeStore, type FakeStore } from './fake-store.ts';

/** What a test does to a request before it is served. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly code: number;
      readonly body: object;
      readonly headers?: Record<string, string>;
    }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'cut' }
  /** The request is served, but its answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** The request is served, and the connection breaks after this many bytes of the answer. */
  | {
      readonly kind: 'cut-after';
      readonly bytes: number;
      readonly isCleanEnd?: boolean;
      readonly afterMs?: number;
    }
  /** Nothing ever happens. */
  | { readonly kind: 'hang' };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** An API server that a test scripts: pods change only when the test says so. */
export interface FakeApiServer extends AsyncDisposable {
  readonly connection: ClusterConnection;
  readonly requests: readonly SeenRequest[];
  readonly store: FakeStore;
  /** Decides about each request; undefined serves it. */
  onRequest: (request: SeenRequest) => Fault | undefined;
  /** Takes an attach: the test plays the container. */
  onAttach: (socket: WebSocket, request: SeenRequest) => void;
  log(pod: string): FakeLog;
  setStatus(pod: string, status: PodStatus, more?: Partial<PodObject>): void;
  /** Breaks all open watches. */
  cutWatches(): void;
}

/** Starts the server on a free port of this machine. */
export async function startFakeApiServer(protocols?: readonly string[]): Promise<FakeApiServer> {
  const requests: SeenRequest[] = [];
  const store = createFakeStore();
  const logs = new Map<string, FakeLog>();
  const watches = new Set<http.ServerResponse>();
  const sockets = new Set<Socket>();
  const attachments = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...offered].find((name) => protocols?.includes(name) ?? true) ?? false,
  });

  const see = (message: http.IncomingMessage, body: string): SeenRequest => {
    const url = new URL(message.url ?? '/', 'http://fake');
    const seen = {
      method: message.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body,
      headers: message.headers,
    };
    requests.push(seen);
    return seen;
  };

  const logOf = (pod: string): FakeLog => {
    const known = logs.get(pod) ?? createFakeLog();
    logs.set(pod, known);
    return known;
  };

  const server = http.createServer((message, response) => {
    void serve(message, response).catch(() => response.destroy());
  });

  const serve = async (message: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of message as AsyncIterable<Buffer>) body += chunk.toString('utf8');
    const request = see(message, body);
    const fault = fake.onRequest(request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'cut') {
      message.socket.destroy();
      return;
    }
    if (fault?.kind === 'answer') {
      sendJson(response, fault.code, fault.body, fault.headers);
      return;
    }
    if (fault?.kind === 'cut-after') limitAnswer(response, fault);
    if (request.path.endsWith('/log')) {
      await serveLog(request, response);
    } else if (request.query.has('watch')) {
      watches.add(response);
      response.once('close', () => watches.delete(response));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      store.watch(request, (line) => response.write(line), response);
    } else {
      const answer = store.serve(request);
      if (fault?.kind === 'lose-answer') message.socket.destroy();
      else sendJson(response, answer.code, answer.body);
    }
  };

  const serveLog = async (request: SeenRequest, response: http.ServerResponse): Promise<void> => {
    const pod = request.path.split('/').at(-2) ?? '';
    const options = {
      sinceTime: request.query.get('sinceTime') ?? undefined,
      isFollowed: request.query.get('follow') === 'true',
    };
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    for await (const bytes of logOf(pod).serve(options)) {
      if (response.destroyed || response.writableEnded) return;
      if (!response.write(bytes)) await drained(response);
    }
    response.end();
  };

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (message, socket, head) => {
    const request = see(message, '');
    const fault = fake.onRequest(request);
    if (fault?.kind === 'answer') {
      const text = JSON.stringify(fault.body);
      socket.end(
        `HTTP/1.1 ${fault.code} Refused\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
    } else if (fault !== undefined) {
      socket.destroy();
    } else {
      attachments.handleUpgrade(message, socket, head, (attached) => fake.onAttach(attached, request));
    }
  });

  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeApiServer = {
    connection: {
      kind: 'kubeconfig',
      name: 'fake',
      server: `http://127.0.0.1:${port}`,
      namespace: 'default',
      credential: { token: 'test-token' },
    },
    requests,
    store,
    onRequest: () => undefined,
    onAttach: (socket) => socket.close(),
    log: logOf,
    setStatus: (pod, status, more) => store.setStatus(pod, status, more),
    cutWatches: () => watches.forEach((response) => response.destroy()),
    async [Symbol.asyncDispose]() {
      for (const client of attachments.clients) client.terminate();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return fake;
}

function sendJson(
  response: http.ServerResponse,
  code: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

function drained(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Lets so many bytes of the body through and then breaks the connection, or ends the answer in good form. */
function limitAnswer(response: http.ServerResponse, fault: Extract<Fault, { kind: 'cut-after' }>): void {
  const write = response.write.bind(response) as (bytes: Buffer, done: () => void) => boolean;
  const end = response.end.bind(response);
  let left = fault.bytes;
  const stop = (): void => {
    if (fault.isCleanEnd === true) end();
    else response.socket?.destroy();
  };
  if (left === 0) setImmediate(stop);
  if (fault.afterMs !== undefined) {
    const timer = setTimeout(stop, fault.afterMs);
    response.once('close', () => clearTimeout(timer));
  }
  response.write = ((chunk: string | Buffer) => {
    const bytes = Buffer.from(chunk as string);
    if (left <= 0) return true;
    const part = bytes.subarray(0, left);
    left -= part.length;
    return write(part, left <= 0 ? stop : () => {});
  }) as typeof response.write;
}
