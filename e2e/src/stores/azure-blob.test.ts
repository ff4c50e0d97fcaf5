import { type AzureBlobStoreOptions, createAzureBlobStore } from '@kanikit/contexts/azure-blob';
import { contextStoreContract } from '@kanikit/contexts/contract';
import type { StoredContext } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../parts/azurite.ts';
import { getUrl } from './get-url.ts';

describe.each([
  ['the account key', ({ accountKey }: Azurite) => ({ accountKey })],
  [
    'a connection string',
    ({ account, accountKey, url }: Azurite) => ({
      account: undefined,
      endpoint: undefined,
      connectionString: `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${url}/${account}`,
    }),
  ],
] as const)('the contract on Azurite with %s', (_name, credentials) => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
    await azurite.addContainer('builds');
  });
  afterAll(() => azurite[Symbol.asyncDispose]());

  const contract = contextStoreContract({
    createStore: () =>
      createAzureBlobStore({ ...optionsOf(azurite), accountKey: undefined, ...credentials(azurite) }),
    list: () => azurite.list('builds'),
    fetch: fetchAsExecutor,
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

function optionsOf({ account, accountKey, certificate, url }: Azurite): AzureBlobStoreOptions {
  return {
    account,
    accountKey,
    container: 'builds',
    endpoint: url,
    certificateAuthorities: certificate,
    env: {},
  };
}

async function fetchAsExecutor({ delivery }: StoredContext): Promise<Uint8Array> {
  expect(delivery.isSecret).toBe(true);
  const { status, body } = await getUrl(delivery.context, delivery.certificateAuthorities);
  expect(status).toBe(200);
  return body;
}
