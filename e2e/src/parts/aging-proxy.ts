import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { forwardRequest, type ProxyTarget } from './relay-request.ts';

/** An HTTP server before any other, in whose answers everything happened longer ago: as if the time had passed, for whoever asks here. */
export interface AgingProxy extends AsyncDisposable {
  /** Origin to use instead of the server's. */
  readonly url: string;
}

/** Moves the times in answers (RFC 3339 in bodies, `Last-Modified`) back by so many milliseconds. Nothing else changes: neither the clocks nor what is sent. */
export async function startAgingProxy(target: ProxyTarget, byMs: number): Promise<AgingProxy> {
  const server = createServer((request, response) => {
    age(target, byMs, request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

async function age(
  target: ProxyTarget,
  byMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const forwarded = forwardRequest(target, request, new AbortController().signal);
  const answering = once(forwarded, 'response') as Promise<[IncomingMessage]>;
  await pipeline(request, forwarded);
  const [answer] = await answering;
  const { 'content-length': length, 'transfer-encoding': _transfer, ...headers } = answer.headers;
  const modified = headers['last-modified'];
  if (modified !== undefined) headers['last-modified'] = new Date(Date.parse(modified) - byMs).toUTCString();
  if (headers['content-encoding'] !== undefined) throw new Error('a compressed answer can not be aged');
  const body = (await text(answer)).replaceAll(times, (time) =>
    new Date(Date.parse(time) - byMs).toISOString(),
  );
  response.sendDate = false;
  // The length that the answer to a HEAD tells is that of the object.
  const size = request.method === 'HEAD' ? length : Buffer.byteLength(body);
  response.writeHead(answer.statusCode ?? 0, {
    ...headers,
    ...(size !== undefined && { 'content-length': size }),
  });
  response.end(body);
}
