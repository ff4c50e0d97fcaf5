import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { testRun } from '@kanikit/testing';
import { afterEach, expect, test } from 'vitest';
import { createAzureBlobStore } from '../azure-blob/index.ts';
import { createGcsStore } from '../gcs/index.ts';
import { createS3Store } from '../s3/index.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const stores = {
  s3: (endpoint: string) =>
    createS3Store({ bucket: 'b', endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
  gcs: (endpoint: string) => createGcsStore({ bucket: 'b', endpoint }),
  azure: (endpoint: string) =>
    createAzureBlobStore({
      container: 'c',
      account: 'account',
      endpoint: `${endpoint}/account`,
      accountKey: Buffer.alloc(32).toString('base64'),
    }),
};

const everything = { isOver: () => true, isNeeded: () => false, olderThanMs: undefined, isDryRun: true };

/** More than any of them may read, and far less than what a server without end sends. */
const endless = 400 * 1024 * 1024;

test.each(
  Object.entries(stores).flatMap(([name, create]) =>
    [400, 200].map((status) => [name, status, create] as const),
  ),
)('%s: an answer (%i) without end is not read', { timeout: 60_000 }, async (_name, status, create) => {
  let sentBytes = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const endpoint = await serve((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml' });
    const send = (): void => {
      while (!response.destroyed && sentBytes < endless) {
        sentBytes += chunk.length;
        if (!response.write(chunk)) return;
      }
      response.end();
    };
    response.on('drain', send);
    send();
  });
  const store = create(endpoint);
  await expect(store.prune!(everything, testRun())).rejects.toMatchObject({
    message: expect.not.stringContaining('hidden field') as string,
  });
  expect(sentBytes).toBeLessThan(endless);
});

test.each(Object.entries(stores))(
  '%s: a redirection is an error, and not followed',
  async (_name, create) => {
    const paths = new Set<string>();
    const endpoint = await serve((request, response) => {
      request.resume();
      paths.add(request.url!.replace(/\?.*/, ''));
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const store = create(endpoint);
    await expect(store.check(testRun())).rejects.toMatchObject({
      message: expect.stringContaining('307') as string,
    });
    await expect(store.prune!(everything, testRun())).rejects.toBeInstanceOf(Error);
    expect(paths).not.toContain('/elsewhere');
  },
);

test('a small answer that unpacks to a large one is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'x'));
  const endpoint = await serve((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-encoding': 'gzip', 'content-type': 'application/xml' }).end(bomb);
  });
  await expect(stores.azure(endpoint).prune!(everything, testRun())).rejects.toThrow('compressed');
});
