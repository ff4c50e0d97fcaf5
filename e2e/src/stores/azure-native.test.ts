import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureBlobStore } from '@kanikit/contexts/azure-blob';
import type { ContextDelivery, ExecutorContextSupport } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ExecutorOutcome,
  type ExecutorVersion,
  fetchWithExecutor,
} from '../contexts/fetch-with-executor.ts';
import { type Azurite, startAzurite } from '../parts/azurite.ts';
import { type ConnectProxy, startConnectProxy } from '../parts/connect-proxy.ts';
import { makeSampleContext, testRun, uploadContext } from './sample-context.test.helper.ts';

// The executor's own Azure client goes to the public host of an account and nowhere else. A proxy leads that host to Azurite.

const host = 'kanikittest.blob.core.windows.net';
let folder: string;
let server: Azurite;
let proxy: ConnectProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-azure-'));
  server = await startAzurite({ names: [host] });
  await server.addContainer('builds');
  proxy = await startConnectProxy(server.url);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const supportOf = (version: ExecutorVersion): ExecutorContextSupport => ({
  executor: `google ${version}`,
  kinds: version === '1.9.2' ? ['https', 'azure-blob'] : ['https'],
  hasSubPath: true,
  gitOptions: [],
  hasGitRefs: false,
});

function storeOf(): ReturnType<typeof createAzureBlobStore> {
  return createAzureBlobStore({
    account: server.account,
    accountKey: server.accountKey,
    container: 'builds',
    endpoint: server.url,
    podEndpoint: `https://${host}`,
    podAccess: 'key',
    certificateAuthorities: server.certificate,
  });
}

async function fetchBy(version: ExecutorVersion, way: 'signed-url' | 'bucket-url'): Promise<ExecutorOutcome> {
  const sample = await makeSampleContext(join(folder, `${version}-${way}`), 1000);
  const stored = await uploadContext(storeOf(), sample, way);
  const delivery: ContextDelivery = {
    ...stored.delivery,
    env: { ...stored.delivery.env, HTTPS_PROXY: proxy.url },
  };
  return await fetchWithExecutor({
    version,
    delivery,
    dockerfile: stored.dockerfiles[0] ?? '',
    signal: AbortSignal.timeout(60_000),
  });
}

test.each(['1.24.0', '1.9.2'] as const)(
  'a signed URL of the public host is fetched by %s as any other',
  async (version) => {
    const outcome = await fetchBy(version, 'signed-url');
    expect(outcome.isBuilt ? outcome.image.length : outcome.log).toBeGreaterThan(0);
    expect(proxy.asked).toContain(`${host}:443`);
  },
);

test("1.9.2 reads the blob with the account's key", async () => {
  expect((await storeOf().deliveries(supportOf('1.9.2'), testRun())).possible).toContain('bucket-url');
  const outcome = await fetchBy('1.9.2', 'bucket-url');
  expect(outcome.isBuilt ? outcome.image.length : outcome.log).toBeGreaterThan(0);
});

test('1.24.0 can not, so it is never asked to', async () => {
  const { possible, reasons } = await storeOf().deliveries(supportOf('1.24.0'), testRun());
  expect(possible).toEqual(['signed-url']);
  expect(reasons['bucket-url']).toContain('google 1.24.0');
  expect((await fetchBy('1.24.0', 'bucket-url')).isBuilt).toBe(false);
});
