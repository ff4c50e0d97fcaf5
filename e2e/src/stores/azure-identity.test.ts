import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAzureBlobSource, createAzureBlobStore } from '@kanikit/contexts/azure-blob';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Azurite, startAzurite } from '../parts/azurite.ts';
import { getUrl } from './get-url.ts';
import { type IdentityServer, startIdentityServer } from './identity-server.ts';
import { expectBuilt, makeSampleContext, testRun, uploadContext } from './sample-context.test.helper.ts';

// A file of its own: `@azure/identity` keeps tokens for the whole process.
let folder: string;
let azurite: Azurite;
let identities: IdentityServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-azure-'));
  azurite = await startAzurite();
  await azurite.addContainer('builds');
  identities = await startIdentityServer();
});
afterAll(async () => {
  await identities[Symbol.asyncDispose]();
  await azurite[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const [name, value] of Object.entries(identities.env)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const access = (): Parameters<typeof createAzureBlobSource>[0] => ({
  endpoint: azurite.url,
  certificateAuthorities: azurite.certificate,
  env: {},
});

test('an identity uploads in parts, and signs with a key that it is given for a while', async () => {
  const store = createAzureBlobStore({ ...access(), account: azurite.account, container: 'builds' });
  await store.check(testRun());
  const sample = await makeSampleContext(join(folder, 'sample'), 20_000_000);
  const stored = await uploadContext(store, sample, 'signed-url');
  // What only a SAS by such a key has.
  expect(new URL(stored.delivery.context).searchParams.get('skoid')).not.toBeNull();
  await expectBuilt(sample, { ...stored, dockerfile: stored.dockerfiles[0]! }, '1.24.0');
  await stored.remove(testRun());
  expect((await getUrl(stored.delivery.context, azurite.certificate)).status).toBe(404);
});

test('an identity gives the executor a context that is in the container', async () => {
  const sample = await makeSampleContext(join(folder, 'source'), 1000);
  await azurite.put('builds', 'context.tar.gz', await sample.tar('-cz'));
  const context = await createAzureBlobSource(access()).open(
    {
      reference: `az://${azurite.account}/builds`,
      dockerfile: undefined,
      workingDirectory: folder,
      contextSubPath: undefined,
    },
    testRun(),
  );
  if (context.kind !== 'remote') throw new Error('the executor can fetch it');
  await expectBuilt(sample, context, '1.24.0');
});
