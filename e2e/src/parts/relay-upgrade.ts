import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { disturb } from './fault.ts';
import { type CountedRequest, forwardRequest, type ProxyTarget } from './relay-request.ts';

/** Passes on a request that becomes a connection (a WebSocket), and what then goes to and fro, with the request's fault. */
export async function relayUpgrade(
  server: ProxyTarget,
  seen: CountedRequest,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  // Without one, an error between two of our waits would end the process; those who read or write hear of it.
  socket.on('error', () => undefined);
  if (seen.fault?.kind === 'drop') throw new Error('the connection was dropped: a fault of the test');
  if (seen.fault?.kind === 'answer') {
    const { status, body = '' } = seen.fault;
    seen.status = status;
    socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return;
  }
  const forwarded = forwardRequest(server, request, gone.signal);
  const answering = once(forwarded, 'response') as Promise<[IncomingMessage]>;
  const refusing = answering.then(([answer]) => refuse(seen, answer, socket));
  const upgrading = once(forwarded, 'upgrade') as Promise<[IncomingMessage, Duplex, Buffer]>;
  forwarded.end();
  const upgraded = await Promise.race([upgrading, refusing]);
  if (upgraded === undefined) return;
  const [answer, upstream, upstreamHead] = upgraded;
  upstream.on('error', () => undefined);
  seen.status = answer.statusCode;
  socket.write(headOf(answer));
  socket.unshift(head);
  upstream.unshift(upstreamHead);
  const countIn = (bytes: number): void => void (seen.requestBytes += bytes);
  const countOut = (bytes: number): void => void (seen.responseBytes += bytes);
  try {
    await Promise.all([
      pipeline(disturb(socket, 'request', seen.fault, countIn, gone.signal), upstream),
      pipeline(disturb(upstream, 'response', seen.fault, countOut, gone.signal), socket),
    ]);
  } finally {
    upstream.destroy();
  }
}

/** Gives the client the answer of a server that does not want to. */
async function refuse(seen: CountedRequest, answer: IncomingMessage, socket: Duplex): Promise<undefined> {
  seen.status = answer.statusCode;
  socket.write(headOf(answer));
  await pipeline(answer, socket);
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
