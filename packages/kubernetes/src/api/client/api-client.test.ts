import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterConnection } from '../connection/cluster-connection.ts';
import { createTokenFileCredential } from '../connection/token-file.ts';
import { startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { type ApiRequest, createApiClient } from './api-client.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

const request: ApiRequest = { method: 'GET', path: '/api/v1/namespaces/default/pods', what: 'Listing pods' };
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const fixture = (name: string): string =>
  readFileSync(new URL(`../../testing/fixtures/${name}`, import.meta.url), 'utf8');

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => void server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A TLS server that tells who the client is. */
async function startTlsServer(): Promise<number> {
  const server = https.createServer(
    {
      cert: fixture('server.crt'),
      key: fixture('server.key'),
      ca: fixture('client.crt'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (incoming, response) => {
      const socket = incoming.socket as TLSSocket;
      response.end(
        JSON.stringify({ authorized: socket.authorized, servername: socket.servername, path: incoming.url }),
      );
    },
  );
  return listen(server);
}

function connect(
  connection: Partial<ClusterConnection> & { readonly server: string },
): ReturnType<typeof createApiClient> {
  const client = createApiClient({ kind: 'kubeconfig', name: 'c', namespace: 'default', ...connection });
  cleanups.push(() => client.close());
  return client;
}

describe('TLS', () => {
  test("the server must be the cluster's, the client is who its certificate says", async () => {
    const server = `https://127.0.0.1:${await startTlsServer()}/prefix`;
    const certificateAuthority = fixture('server.crt');
    const credential = { certificate: fixture('client.crt'), key: fixture('client.key') };
    expect(await connect({ server, certificateAuthority, credential }).send(request, signal())).toMatchObject(
      {
        authorized: true,
        path: '/prefix/api/v1/namespaces/default/pods',
      },
    );
    expect(await connect({ server, certificateAuthority }).send(request, signal())).toMatchObject({
      authorized: false,
    });
    expect(await connect({ server, isServerUnverified: true }).send(request, signal())).toMatchObject({
      authorized: false,
    });
    const tlsServerName = 'cluster.test';
    expect(
      await connect({ server, certificateAuthority, tlsServerName }).send(request, signal()),
    ).toMatchObject({ servername: tlsServerName });
    for (const [untrusted, field] of [
      [{ server }, 'certificate-authority'],
      [{ server, certificateAuthority, tlsServerName: 'other.test' }, 'tls-server-name'],
    ] as const) {
      const error = await connect(untrusted)
        .sendRepeatable(request, signal())
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'cluster-unreachable', retryable: false });
      expect((error as { hint: string }).hint).toContain(field);
    }
  });

  test.each([
    [{ proxyUrl: 'socks5://user:se-cret@127.0.0.1:1080' }, 'kubeconfig-invalid', /proxy-url.*kind socks5/],
    [{ proxyUrl: 'http://' }, 'kubeconfig-invalid', /proxy-url.*not a URL/],
  ])('a proxy that can not be used: %j', async (changes, code, words) => {
    const client = connect({ server: 'https://cluster.test:6443', ...changes });
    const error: unknown = await client.send(request, signal()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String(error)).toMatch(words);
    expect(String(error)).not.toContain('se-cret');
  });

  test('through a proxy', async () => {
    const port = await startTlsServer();
    const seen: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (incoming: http.IncomingMessage, socket: net.Socket) => {
      seen.push(`${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`);
      if (incoming.headers['proxy-authorization'] === undefined) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const upstream = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      cleanups.push(() => void upstream.destroy());
    });
    const proxyPort = await listen(proxy);
    const base = { server: 'https://cluster.test:6443', certificateAuthority: fixture('server.crt') };
    const client = connect({ ...base, proxyUrl: `http://user:p%40ss@127.0.0.1:${proxyPort}` });
    expect(await client.send(request, signal())).toMatchObject({ servername: 'cluster.test' });
    expect(seen).toEqual([`cluster.test:6443 Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    const refused = connect({ ...base, proxyUrl: `http://127.0.0.1:${proxyPort}` });
    await expect(refused.send(request, signal())).rejects.toThrow('it asks for another name and password');
  });
});

describe('faults', () => {
  test('repeatable requests survive 429, 5xx and cuts; what is refused is not asked again', async () => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    const client = connect(server.connection);
    const codes = [429, 503, 0];
    server.onRequest = () => {
      const code = codes.shift();
      if (code === undefined) return undefined;
      return code === 0 ? { kind: 'cut' } : { kind: 'answer', code, body: status(code, 'X', 'busy').body };
    };
    expect(await client.sendRepeatable(request, signal())).toMatchObject({ items: [] });
    expect(server.requests).toHaveLength(4);
    server.onRequest = () => ({ kind: 'answer', code: 403, body: status(403, 'Forbidden', 'no').body });
    await expect(client.sendRepeatable(request, signal())).rejects.toMatchObject({ code: 'cluster-denied' });
    expect(server.requests).toHaveLength(5);
  });

  test('an expired credential is renewed once', async () => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    server.onRequest = ({ headers }) =>
      headers.authorization === 'Bearer new'
        ? undefined
        : { kind: 'answer', code: 401, body: status(401, 'Unauthorized', 'Unauthorized').body };
    const asked: boolean[] = [];
    const client = connect({
      ...server.connection,
      credential: async ({ isRejected }) => {
        asked.push(isRejected);
        return { token: isRejected ? 'new' : 'old' };
      },
    });
    expect(await client.send(request, signal())).toMatchObject({ items: [] });
    expect(asked).toEqual([false, true]);
  });

  test("a pod's token that was rotated is read again from its file, and the request goes on", async () => {
    const server = await startFakeApiServer();
    cleanups.push(async () => server[Symbol.asyncDispose]());
    let valid = 'first';
    server.onRequest = ({ headers }) =>
      headers.authorization === `Bearer ${valid}`
        ? undefined
        : { kind: 'answer', code: 401, body: status(401, 'Unauthorized', 'Unauthorized').body };
    let reads = 0;
    const credential = createTokenFileCredential(async () => {
      reads += 1;
      return `${valid}\n`;
    });
    const client = connect({ ...server.connection, credential });
    await client.send(request, signal());
    await client.send(request, signal());
    expect(reads).toBe(1);
    valid = 'second';
    expect(await client.send(request, signal())).toMatchObject({ items: [] });
    expect(reads).toBe(2);
  });

  test('answers that are no Status are told in short; an abort has its own reason', async () => {
    const port = await listen(
      http.createServer((_incoming, response) => {
        response.writeHead(502, { 'content-type': 'text/html' });
        response.end(`<html>\n<h1>Bad gateway</h1>${'x'.repeat(5_000)}</html>`);
      }),
    );
    const client = connect({ server: `http://127.0.0.1:${port}` });
    const error = await client.send(request, signal()).catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).toMatch(/^Listing pods on http.*Bad gateway/);
    expect((error as Error).message.length).toBeLessThan(500);
    await expect(client.send(request, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });

  test('nobody there', async () => {
    const client = connect({ server: 'http://127.0.0.1:1' });
    await expect(client.send(request, signal())).rejects.toMatchObject({
      code: 'cluster-unreachable',
      retryable: true,
    });
  });
});
