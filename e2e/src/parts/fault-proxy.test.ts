import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as requestHttp } from 'node:http';
import { once } from 'node:events';
import { request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from './certificate-authority.ts';
import { type FaultProxy, type FaultRule, startFaultProxy } from './fault-proxy.ts';
import { startHttpsFiles } from './https-files.ts';

const content = Buffer.alloc(300_000, 'kanikit ');
let authority: CertificateAuthority;
let folder: string;

beforeAll(async () => {
  authority = await createCertificateAuthority();
  folder = await mkdtemp(join(tmpdir(), 'kanikit-files-'));
  await writeFile(join(folder, 'a.bin'), content);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A proxy with TLS on both sides before the files. */
async function startProxy(...rules: FaultRule[]): Promise<FaultProxy> {
  const files = await startHttpsFiles(folder, { authority });
  const certificate = await authority.issue(['127.0.0.1']);
  const proxy = await startFaultProxy({
    target: files.url,
    certificate,
    authority: authority.certificate,
    rules,
  });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await files[Symbol.asyncDispose]();
  });
  return proxy;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer> {
  const asking = request(url, { ...options, ca: authority.certificate, agent: false });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

test('without rules everything passes, and is counted', async () => {
  const proxy = await startProxy();
  const whole = await ask(`${proxy.url}/a.bin`);
  expect(whole.status).toBe(200);
  expect(whole.body.equals(content)).toBe(true);
  const etag = String(whole.headers.etag);
  expect(await ask(`${proxy.url}/a.bin`, { method: 'HEAD' })).toMatchObject({
    status: 200,
    headers: { 'content-length': '300000', etag },
  });
  const part = await ask(`${proxy.url}/a.bin`, { headers: { range: 'bytes=299990-', 'if-range': etag } });
  expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 299990-299999/300000' } });
  expect(part.body.equals(content.subarray(299_990))).toBe(true);
  expect(await ask(`${proxy.url}/a.bin`, { headers: { range: 'bytes=400000-' } })).toMatchObject({
    status: 416,
  });
  expect(await ask(`${proxy.url}/a.bin`, { headers: { 'if-none-match': etag } })).toMatchObject({
    status: 304,
  });
  expect((await ask(`${proxy.url}/none?x=1`)).status).toBe(404);
  expect((await ask(`${proxy.url}/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
  expect(proxy.requests.map(({ path, responseBytes }) => `${path} ${responseBytes}`)).toEqual([
    '/a.bin 300000',
    '/a.bin 0',
    '/a.bin 10',
    '/a.bin 0',
    '/a.bin 0',
    '/none?x=1 0',
    '/..%2f..%2fetc%2fpasswd 0',
  ]);
});

test.each([403, 429, 503])('a burst of %i, then all is well', async (status) => {
  const proxy = await startProxy({
    fault: { kind: 'answer', status, headers: { 'retry-after': '1' }, body: 'not now' },
    after: 1,
    times: 2,
  });
  const statuses: (number | undefined)[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await ask(`${proxy.url}/a.bin`)).status);
  expect(statuses).toEqual([200, status, status, 200]);
});

test.each([0, 1, 100_000])('an answer cut after %i bytes', async (afterBytes) => {
  const proxy = await startProxy({ fault: { kind: 'cut', of: 'response', afterBytes } });
  const asking = request(`${proxy.url}/a.bin`, { ca: authority.certificate, agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  let arrived = 0;
  answer.on('data', (chunk: Buffer) => (arrived += chunk.length));
  await expect(once(answer, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(arrived).toBe(afterBytes);
  expect(proxy.requests).toMatchObject([{ responseBytes: afterBytes }]);
  expect((await ask(`${proxy.url}/a.bin`)).body.equals(content)).toBe(true);
});

test('a stall lasts until the client gives up', async () => {
  const proxy = await startProxy({ fault: { kind: 'stall', of: 'response', afterBytes: 5 } });
  const stop = new AbortController();
  const asking = ask(`${proxy.url}/a.bin`, { signal: stop.signal });
  asking.catch(() => undefined);
  await expect.poll(() => proxy.requests[0]?.responseBytes).toBe(5);
  stop.abort();
  await expect(asking).rejects.toThrow('aborted');
});

test('what is slow or late is slow or late', async () => {
  const proxy = await startProxy(
    { fault: { kind: 'slow', of: 'response', bytesPerSecond: 1_500_000 } },
    { fault: { kind: 'delay', ms: 150 } },
  );
  for (const _fault of ['slow', 'late']) {
    const startedAt = performance.now();
    expect((await ask(`${proxy.url}/a.bin`)).body.equals(content)).toBe(true);
    expect(performance.now() - startedAt).toBeGreaterThan(140);
  }
});

test('what is held passes when it is let go, or breaks', async () => {
  const [free, never] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const proxy = await startProxy(
    { fault: { kind: 'hold', until: free.promise } },
    { fault: { kind: 'hold', until: never.promise } },
  );
  const [first, second] = [ask(`${proxy.url}/a.bin`), ask(`${proxy.url}/a.bin`)];
  await expect.poll(() => proxy.requests.length).toBe(2);
  expect(proxy.requests.map(({ status }) => status)).toEqual([undefined, undefined]);
  free.resolve();
  expect((await first).body.equals(content)).toBe(true);
  never.reject(new Error('broken'));
  await expect(second).rejects.toThrow('socket hang up');
});

test('every connection breaks at once, and the next one passes', async () => {
  const proxy = await startProxy({ fault: { kind: 'stall', of: 'response', afterBytes: 1_000 } });
  const stalled = ask(`${proxy.url}/a.bin`);
  await expect.poll(() => proxy.requests[0]?.responseBytes).toBe(1_000);
  proxy.sever();
  await expect(stalled).rejects.toThrow('aborted');
  expect((await ask(`${proxy.url}/a.bin`)).status).toBe(200);
});

/** A server that keeps what it is sent. */
async function startUploads(): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === '/early') {
      response.writeHead(403).end('no', () => incoming.resume());
      return;
    }
    buffer(incoming).then(
      (body) => {
        bodies.push(`${incoming.method} ${incoming.headers.host} ${body.length}`);
        response.end('done');
      },
      () => bodies.push('broken'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test('a request that is dropped, cut, or done without an answer', async () => {
  const uploads = await startUploads();
  const when: FaultRule['when'] = ({ method }) => method === 'PUT';
  await using proxy = await startFaultProxy({
    target: uploads.url,
    rules: [
      { when, fault: { kind: 'drop' } },
      { when, fault: { kind: 'cut', of: 'request', afterBytes: 70_000 } },
      { when, fault: { kind: 'lose-answer' } },
    ],
  });
  const put = (): Promise<string> =>
    fetch(`${proxy.url}/x`, { method: 'PUT', body: content }).then((answer) => answer.text());
  expect(await (await fetch(proxy.url)).text()).toBe('done');
  for (const _fault of ['drop', 'cut', 'lose-answer']) await expect(put()).rejects.toThrow('fetch failed');
  expect(await put()).toBe('done');
  const host = proxy.url.slice('http://'.length);
  expect(uploads.bodies).toEqual([`GET ${host} 0`, 'broken', `PUT ${host} 300000`, `PUT ${host} 300000`]);
  expect(proxy.requests.map(({ requestBytes }) => requestBytes)).toEqual([0, 0, 70_000, 300_000, 300_000]);
  expect(proxy.requests.map(({ status }) => status)).toEqual([200, undefined, undefined, undefined, 200]);
});

test('a server that refuses before it has read everything is heard', async () => {
  const uploads = await startUploads();
  await using proxy = await startFaultProxy({ target: uploads.url });
  for (let count = 0; count < 20; count += 1) {
    const asking = fetch(`${proxy.url}/early`, { method: 'PUT', body: Buffer.alloc(5_000_000) });
    expect(await asking.then(({ status }) => status)).toBe(403);
  }
});

test('who may not read is refused', async () => {
  await using files = await startHttpsFiles(folder, {
    authority,
    isAllowed: ({ headers }) => headers.authorization === 'Bearer right',
  });
  expect((await ask(`${files.url}/a.bin`)).status).toBe(403);
  expect((await ask(`${files.url}/a.bin`, { headers: { authorization: 'Bearer right' } })).status).toBe(200);
  expect(files.requests).toEqual(['GET /a.bin', 'GET /a.bin']);
});

test('a connection that a request becomes is passed on, cut, or refused', async () => {
  const server = createServer((_incoming, response) => response.writeHead(403).end('no'));
  server.on('upgrade', (incoming, socket, head) => {
    if (incoming.url === '/no') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nno');
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.unshift(head);
    socket.on('error', () => undefined).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await using proxy = await startFaultProxy({
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  const echo = async (path: string): Promise<string> => {
    const headers = { connection: 'Upgrade', upgrade: 'echo' };
    const asking = requestHttp(`${proxy.url}${path}`, { headers }).end();
    const [answer, socket] = (await Promise.race([once(asking, 'upgrade'), once(asking, 'response')])) as [
      IncomingMessage,
      Socket?,
    ];
    if (socket === undefined) return `${answer.statusCode} ${await text(answer)}`;
    socket.end('x'.repeat(200_000));
    return `${(await text(socket)).length}`;
  };
  expect(await echo('/')).toBe('200000');
  expect(await echo('/no')).toBe('403 no');
  proxy.forget();
  proxy.add({ fault: { kind: 'cut', of: 'request', afterBytes: 70_000 } });
  // However much of it comes back before the end.
  await Promise.allSettled([echo('/')]);
  expect(proxy.requests).toMatchObject([{ status: 101, requestBytes: 70_000 }]);
});
