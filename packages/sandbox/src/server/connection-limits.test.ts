import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectionsFor, limitConnections } from './connection-limits.ts';

const limitsOf = (open: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${open}                1048576              files\n`;

test.each([
  ['1024', 128],
  ['20000', 2500],
  ['1048576', 8192],
  ['unlimited', 8192],
])('with %s descriptors a server has at most %s connections', (open, expected) => {
  expect(connectionsFor(limitsOf(open))).toBe(expected);
});

async function answerTo(request: string): Promise<string> {
  const server = createServer((_message, response) => response.writeHead(401).end('no'));
  limitConnections(server, { restMs: 50 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  // The server may be the first to close.
  socket.on('error', () => undefined);
  socket.write(request);
  try {
    return await text(socket);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.each([
  ['of a length that never comes', 'Content-Length: 1000000\r\n\r\nx'],
  ['in chunks without an end', 'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'],
])('a body %s holds no connection whose request is answered', async (_what, rest) => {
  expect(await answerTo(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`)).toMatch(/^HTTP\/1.1 401 /);
});

test('a whole request keeps its connection', async () => {
  const answers = await answerTo(
    'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(answers.match(/401/g)).toHaveLength(2);
});

/** As a handler that reads no further than it must. */
async function refuseLarge(message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    for await (const _chunk of message) throw new Error('too large');
  } catch {
    await delay(1);
    response.writeHead(413).end('no');
  }
}

test('a request that has lost its connection when it is answered is no error', async () => {
  const server = createServer((message, response) => void refuseLarge(message, response));
  limitConnections(server, { restMs: 20 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx');
  await once(socket, 'close');
  // Longer than the rest of a body may take: what is thrown then fails the test.
  await delay(60);
  server.close();
});
