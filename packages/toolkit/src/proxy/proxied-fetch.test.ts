import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { proxiedFetch } from './proxied-fetch.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function listen(server: http.Server): Promise<number> {
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(resolve));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy for everything, which sends every request to one server. */
async function startProxy(port: number, seen: string[]): Promise<string> {
  const proxy = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const { pathname } = new URL(request.url ?? '');
    const forward = http.request({ port, path: pathname, method: request.method, headers: request.headers });
    forward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forward);
  });
  proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    seen.push(`CONNECT ${request.url}`);
    const upstream = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    cleanups.push(() => upstream.destroy());
  });
  return `http://127.0.0.1:${await listen(proxy)}`;
}

async function startServer(seen: string[]): Promise<number> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.once('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`.trim());
      if (request.url === '/moved') response.writeHead(302, { location: 'http://other.test/there' }).end();
      else if (request.url === '/empty') response.writeHead(204).end();
      else response.writeHead(200, { 'x-a': ['1', '2'] }).end('hello');
    });
  });
  return await listen(server);
}

test('this machine is asked without the proxy, others through it', async () => {
  const [asked, proxied]: [string[], string[]] = [[], []];
  const port = await startServer(asked);
  const env = { HTTP_PROXY: await startProxy(port, proxied) };
  const direct = await proxiedFetch(`http://127.0.0.1:${port}/a`, {}, { env });
  expect([await direct.text(), direct.headers.get('x-a'), direct.status]).toEqual(['hello', '1, 2', 200]);
  expect(proxied).toEqual([]);
  const other = await proxiedFetch('http://a.test/b', { method: 'POST', body: 'text' }, { env });
  expect(await other.text()).toBe('hello');
  expect(proxied).toEqual(['POST http://a.test/b']);
  expect(asked).toEqual(['GET /a', 'POST /b  text']);
});

test('follows redirects, and tells no secret to another server', async () => {
  const [asked, proxied]: [string[], string[]] = [[], []];
  const port = await startServer(asked);
  const env = { http_proxy: await startProxy(port, proxied) };
  const options = {
    method: 'POST',
    headers: { Authorization: 'Bearer t' },
    body: new URLSearchParams('a=b'),
  };
  expect((await proxiedFetch('http://a.test/moved', options, { env })).status).toBe(200);
  expect(asked).toEqual(['POST /moved Bearer t a=b', 'GET /there']);
  const manual = await proxiedFetch('http://a.test/moved', { redirect: 'manual' }, { env });
  expect([manual.status, manual.headers.get('location')]).toEqual([302, 'http://other.test/there']);
  expect((await proxiedFetch('http://a.test/empty', {}, { env })).body).toBeNull();
});

test('ends with the reason of the signal', async () => {
  const server = http.createServer(() => {});
  const port = await listen(server);
  const stop = new AbortController();
  const asking = proxiedFetch(`http://127.0.0.1:${port}/`, { signal: stop.signal });
  server.once('request', () => stop.abort(new Error('enough')));
  await expect(asking).rejects.toThrow('enough');
});
