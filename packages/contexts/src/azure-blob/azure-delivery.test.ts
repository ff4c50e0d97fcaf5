import type { DeliveryAbilities, ExecutorContextSupport } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { resolveAccount } from './azure-account.ts';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';
import { loadAzure } from './azure-client.ts';
import { createAzureDelivery, findAzureDeliveries } from './azure-delivery.ts';

const { signal } = new AbortController();
const accountKey = Buffer.from('key of the account').toString('base64');
const cloud: AzureBlobAccessOptions = { account: 'example', accountKey, env: {} };
const blob = { container: 'builds', key: 'a b/ü.tar.gz', lifetimeMs: 600_000 };
const all: ExecutorContextSupport = {
  executor: 'google 1.9.2',
  kinds: ['stdin', 'git', 's3', 'gcs', 'azure-blob', 'https'],
  hasSubPath: true,
  gitOptions: [],
  hasGitRefs: false,
};
const without = (kind: string): ExecutorContextSupport => ({
  ...all,
  kinds: all.kinds.filter((other) => other !== kind),
});

async function abilities(
  options: AzureBlobAccessOptions,
  executor?: ExecutorContextSupport,
): Promise<DeliveryAbilities> {
  const client = await loadAzure(resolveAccount(options), options);
  return await findAzureDeliveries(client, options, executor, false, signal);
}

const signed = ['signed-url'];
test.each<
  [
    what: string,
    options: AzureBlobAccessOptions,
    executor: ExecutorContextSupport,
    possible: object,
    why: RegExp,
  ]
>([
  ['a key signs', cloud, all, signed, /podAccess/],
  ['pods may have the key', { ...cloud, podAccess: 'key' }, all, ['signed-url', 'bucket-url'], /^$/],
  [
    'an executor that reads no https URLs',
    { ...cloud, podAccess: 'key' },
    without('https'),
    ['bucket-url'],
    /can't fetch https/,
  ],
  [
    "an executor that reads Azure's URLs wrongly",
    { ...cloud, podAccess: 'key' },
    without('azure-blob'),
    signed,
    /rightly/,
  ],
  [
    'an emulator with TLS',
    { ...cloud, endpoint: 'https://azurite.test', podAccess: 'key' },
    all,
    signed,
    /own hosts only/,
  ],
  ['an emulator without', { ...cloud, endpoint: 'http://azurite.test' }, all, [], /https only/],
  ['a SAS that writes', { account: 'example', sasToken: 'sp=rw&sig=x', env: {} }, all, [], /narrower/],
  [
    'a SAS that pods may have',
    { account: 'example', sasToken: 'sp=rw&sig=x', podAccess: 'key', env: {} },
    all,
    signed,
    /key of the account only/,
  ],
])('%s', async (_what, options, executor, possible, why) => {
  const found = await abilities(options, executor);
  expect(found.possible).toEqual(possible);
  expect(Object.values(found.reasons).join(' ')).toMatch(why);
});

test('a signed URL reads one blob for a while by https, and is not taken for one of Azure', async () => {
  const client = await loadAzure(resolveAccount(cloud), {});
  const delivery = await createAzureDelivery(
    client,
    cloud,
    { ...blob, versionId: '2026-11-25T18:00' },
    'signed-url',
    signal,
  );
  expect(delivery).toMatchObject({ isSecret: true, args: [], env: {}, secretEnv: {} });
  expect(delivery.context).toMatch(
    /^https:\/\/example\.blob\.core\.windows\.net:443\/builds\/a%20b\/%C3%BC\.tar\.gz\?/,
  );
  const { searchParams } = new URL(delivery.context);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    sp: 'r',
    spr: 'https',
    sr: 'bv',
    versionid: '2026-11-25T18:00',
    sig: expect.stringMatching(/./) as string,
  });
  const leftMs = Date.parse(searchParams.get('se') ?? '') - Date.now();
  expect(leftMs).toBeGreaterThan(590_000);
  expect(leftMs).toBeLessThanOrEqual(600_000);
  expect(delivery.context).not.toContain(accountKey);
});

test('the URL is for the server as pods reach it', async () => {
  const options = { ...cloud, endpoint: 'http://127.0.0.1:10000', podEndpoint: 'https://azurite.test:10000' };
  const client = await loadAzure(resolveAccount(options), {});
  const { context } = await createAzureDelivery(client, options, blob, 'signed-url', signal);
  expect(context).toMatch(/^https:\/\/azurite\.test:10000\/example\/builds\/a%20b\//);
});

test('native, the key is in a secret and nowhere else', async () => {
  const client = await loadAzure(resolveAccount(cloud), {});
  expect(await createAzureDelivery(client, cloud, blob, 'bucket-url', signal)).toEqual({
    context: 'https://example.blob.core.windows.net/builds/a%20b/%C3%BC.tar.gz',
    isSecret: false,
    args: [],
    env: {},
    secretEnv: { AZURE_STORAGE_ACCESS_KEY: accountKey },
    certificateAuthorities: undefined,
  });
});

test('a signed URL ends in time by the clock of the server', async () => {
  const client = await loadAzure(resolveAccount(cloud), cloud);
  const serverMs = Date.now() + 3_600_000;
  client.clock.note(new Date(serverMs).toUTCString());
  const { context } = await createAzureDelivery(client, cloud, blob, 'signed-url', signal);
  const end = Date.parse(new URL(context).searchParams.get('se') ?? '');
  expect(Math.abs(end - serverMs - blob.lifetimeMs)).toBeLessThan(3_000);
});
