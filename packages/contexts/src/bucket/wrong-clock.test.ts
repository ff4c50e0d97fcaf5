import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContextStore } from '@kanikit/spec';
import { testRun } from '@kanikit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createAzureBlobStore } from '../azure-blob/index.ts';
import { createGcsStore } from '../gcs/index.ts';
import { createS3Store } from '../s3/index.ts';

const minute = 60_000;

/** A server that refuses everything, and whose clock is so far ahead of this machine's. */
async function startRefusing(aheadMs: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.sendDate = false;
    response.writeHead(403, { date: new Date(Date.now() + aheadMs).toUTCString() }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const accountKey = Buffer.from('key').toString('base64');
const kinds: readonly [kind: string, create: (endpoint: string) => ContextStore][] = [
  [
    'S3',
    (endpoint) =>
      createS3Store({
        bucket: 'b',
        endpoint,
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      }),
  ],
  ['GCS', (endpoint) => createGcsStore({ bucket: 'b', endpoint })],
  [
    'Azure',
    (endpoint) => createAzureBlobStore({ account: 'example', accountKey, container: 'b', endpoint, env: {} }),
  ],
];

test.each(
  kinds.flatMap(([kind, create]) => [
    {
      kind,
      create,
      aheadMs: -60 * minute,
      hint: /^This machine's clock is 60 minutes ahead of the server's/,
    },
    { kind, create, aheadMs: 90 * minute, hint: /^This machine's clock is 90 minutes behind the server's/ },
    { kind, create, aheadMs: 2 * minute, hint: /^(?!.*This machine's clock)/ },
  ]),
)('$kind refuses, whose clock is $aheadMs ms ahead: $hint', async ({ create, aheadMs, hint }) => {
  const store = create(await startRefusing(aheadMs));
  await expect(store.check(testRun())).rejects.toMatchObject({
    code: 'bucket-denied',
    hint: expect.stringMatching(hint) as string,
  });
});
