import { expect, test } from 'vitest';
import { type AzureAccount, resolveAccount } from './azure-account.ts';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';

const key = 'a2V5LW9mLXRoZS1hY2NvdW50==';
const connection = `DefaultEndpointsProtocol=https;AccountName=example;AccountKey=${key};EndpointSuffix=core.chinacloudapi.cn`;
const cloud = 'https://example.blob.core.windows.net';
const identity = { kind: 'identity' };

test.each<
  [what: string, options: AzureBlobAccessOptions, expected: Partial<Record<keyof AzureAccount, unknown>>]
>([
  [
    'an account alone',
    { account: 'example' },
    { name: 'example', url: cloud, podUrl: cloud, credential: identity },
  ],
  ['a key', { account: 'example', accountKey: key }, { credential: { kind: 'key', key } }],
  [
    'a SAS',
    { account: 'example', sasToken: '?sv=1&sig=x' },
    { credential: { kind: 'sas', token: 'sv=1&sig=x' } },
  ],
  [
    'a connection string of another cloud',
    { connectionString: connection },
    { name: 'example', url: 'https://example.blob.core.chinacloudapi.cn', credential: { kind: 'key', key } },
  ],
  [
    'a connection string with a SAS',
    { connectionString: `BlobEndpoint=${cloud}/;SharedAccessSignature=sv=1&sig=x==` },
    { name: 'example', url: cloud, credential: { kind: 'sas', token: 'sv=1&sig=x==' } },
  ],
  [
    'a connection string of another account, from the environment',
    { account: 'other', env: { AZURE_STORAGE_CONNECTION_STRING: connection } },
    { name: 'other', url: 'https://other.blob.core.windows.net', credential: identity },
  ],
  [
    'the environment',
    { env: { AZURE_STORAGE_ACCOUNT: 'example', AZURE_STORAGE_KEY: key } },
    { name: 'example', credential: { kind: 'key', key } },
  ],
  [
    'a key of another account, from the environment',
    { account: 'other', env: { AZURE_STORAGE_ACCOUNT: 'example', AZURE_STORAGE_KEY: key } },
    { name: 'other', credential: identity },
  ],
  [
    'a SAS that is given, though the environment has a key',
    { account: 'example', sasToken: 'sv=1', env: { AZURE_STORAGE_KEY: key } },
    { credential: { kind: 'sas', token: 'sv=1' } },
  ],
  [
    'an emulator',
    { account: 'example', endpoint: 'http://127.0.0.1:10000', podEndpoint: 'https://azurite.test' },
    { url: 'http://127.0.0.1:10000/example', podUrl: 'https://azurite.test/example' },
  ],
  [
    'an endpoint with a path',
    { account: 'example', endpoint: 'https://proxy.test/blobs/' },
    { url: 'https://proxy.test/blobs' },
  ],
  [
    'a private endpoint',
    { account: 'example', endpoint: 'https://example.privatelink.blob.core.windows.net' },
    { url: 'https://example.privatelink.blob.core.windows.net' },
  ],
])('%s', (_what, options, expected) => {
  expect(resolveAccount({ env: {}, ...options })).toMatchObject(expected);
});

test.each<[what: string, options: AzureBlobAccessOptions, message: RegExp]>([
  ['nothing', {}, /no storage account is named/],
  ['a malformed name', { account: 'Not-One' }, /not the name of a storage account/],
  ['a host without a scheme', { account: 'example', endpoint: 'azurite:10000' }, /endpoint is not a URL/],
  ['half a connection string', { connectionString: `AccountKey=${key}` }, /names no account/],
])('%s is refused, and no key is told', (_what, options, message) => {
  let error: unknown;
  try {
    resolveAccount({ env: {}, ...options });
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({
    code: 'bucket-options-invalid',
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(/\w/) as string,
  });
  expect(String(error)).not.toContain(key);
});
