import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AzureBlobStoreOptions,
  createAzureBlobSource,
  createAzureBlobStore,
} from '@kanikit/contexts/azure-blob';
import { contextSourceContract, contextStoreContract } from '@kanikit/contexts/contract';
import type { ContextRequest, ContextSource, StoredContext } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../parts/azurite.ts';
import { createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { buildWithExecutor } from '../contexts/build-with-executor.ts';
import { getUrl } from './get-url.ts';
import { expectBuilt, makeSampleContext, testRun, uploadContext } from './sample-context.test.helper.ts';
import { testUploadFaults } from './upload-faults.test.helper.ts';

let folder: string;
let azurite: Azurite;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-azure-'));
  azurite = await startAzurite();
  await azurite.addContainer('builds');
});
afterAll(async () => {
  await azurite[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const options = (): AzureBlobStoreOptions => ({
  account: azurite.account,
  accountKey: azurite.accountKey,
  container: 'builds',
  endpoint: azurite.url,
  certificateAuthorities: azurite.certificate,
  env: {},
});

describe('the contract on Azurite', () => {
  const contract = contextStoreContract({
    createStore: () => createAzureBlobStore(options()),
    list: () => azurite.list('builds'),
    fetch: fetchAsExecutor,
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });

  test('a SAS is enough, where pods may have it', async () => {
    const key = new StorageSharedKeyCredential(azurite.account, azurite.accountKey);
    const permissions = ContainerSASPermissions.parse('rwdl');
    const expiresOn = new Date(Date.now() + 600_000);
    const sas = generateBlobSASQueryParameters({ containerName: 'builds', permissions, expiresOn }, key);
    const sasToken = sas.toString();
    const store = createAzureBlobStore({ ...options(), accountKey: undefined, sasToken, podAccess: 'key' });
    await store.check(testRun());
    const sample = await makeSampleContext(join(folder, 'sas-store'), 20_000_000);
    const stored = await uploadContext(store, sample, 'signed-url');
    expect((await fetchAsExecutor(stored)).length).toBe(stored.sizeBytes);
    expect(stored.location).not.toContain('sig=');
    await stored.remove(testRun());
  });

  test('a connection string is enough', async () => {
    const { account, accountKey, url } = azurite;
    const fields = `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${accountKey}`;
    const store = createAzureBlobStore({
      container: 'builds',
      certificateAuthorities: azurite.certificate,
      env: { AZURE_STORAGE_CONNECTION_STRING: `${fields};BlobEndpoint=${url}/${account}` },
    });
    await store.check(testRun());
    const sample = await makeSampleContext(join(folder, 'connection'), 1000);
    const stored = await uploadContext(store, sample, 'signed-url');
    expect((await fetchAsExecutor(stored)).length).toBe(stored.sizeBytes);
    await stored.remove(testRun());
  });
});

describe('what goes wrong on the way', () => {
  let proxy: FaultProxy;
  let authorities: string;
  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    proxy = await startFaultProxy({
      target: azurite.url,
      authority: azurite.certificate ?? '',
      certificate: await authority.issue(['127.0.0.1']),
    });
    authorities = `${authority.certificate}${azurite.certificate}`;
  });
  afterAll(() => proxy[Symbol.asyncDispose]());

  testUploadFaults({
    proxy: () => proxy,
    createStore: (silenceMs) =>
      createAzureBlobStore({
        ...options(),
        endpoint: proxy.url,
        podEndpoint: azurite.url,
        certificateAuthorities: authorities,
        silenceMs,
      }),
    list: () => azurite.list('builds'),
    fetch: fetchAsExecutor,
    isJoin: ({ path }) => path.includes('comp=blocklist'),
    secrets: () => [azurite.accountKey, 'sig='],
  });
});

async function fetchAsExecutor({ delivery }: StoredContext): Promise<Uint8Array> {
  expect(delivery.isSecret).toBe(true);
  const { status, body } = await getUrl(delivery.context, delivery.certificateAuthorities);
  expect(status).toBe(200);
  return body;
}

describe('the real executor', () => {
  test.each(['1.24.0', '1.9.2'] as const)('%s fetches a context of several parts by SAS', async (version) => {
    const sample = await makeSampleContext(join(folder, `signed-${version}`), 20_000_000);
    const stored = await uploadContext(createAzureBlobStore(options()), sample, 'signed-url');
    // With a port the URL is like one on Azure's own host: see `asPlainHttpsUrl`.
    expect(stored.delivery.context).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/.*[?&]sig=/);
    await expectBuilt(sample, { ...stored, dockerfile: stored.dockerfiles[0]! }, version);
    await stored.remove(testRun());
  });

  test('gets nothing with a SAS that has expired', async () => {
    const sample = await makeSampleContext(join(folder, 'expired'), 1000);
    const store = createAzureBlobStore(options());
    const build = { runId: 'run-e', buildIds: ['build'], lifetimeMs: 0, keepMs: undefined };
    const archive = sample.context.pack({}, testRun());
    const stored = await store.upload(archive, { ...build, delivery: 'signed-url' }, testRun());
    const isRefused = async (): Promise<boolean> =>
      (await getUrl(stored.delivery.context, azurite.certificate)).status === 403;
    await expect.poll(isRefused, { timeout: 10_000 }).toBe(true);
    await expect(
      expectBuilt(sample, { ...stored, dockerfile: stored.dockerfiles[0]! }, '1.24.0'),
    ).rejects.toThrow('bad status from server: 403');
    await stored.remove(testRun());
  });
});

describe.each(['auto', 'client'] as const)('the contract of sources, fetched by %s', (fetching) => {
  const request = (key: string): ContextRequest => ({
    reference: `az://kanikittest/builds/${key}`,
    dockerfile: undefined,
    workingDirectory: '/',
    contextSubPath: undefined,
    fetch: fetching,
  });
  beforeAll(async () => {
    const sample = await makeSampleContext(join(folder, 'contract'), 20_000_000);
    await azurite.put('builds', 'contract.tar.gz', await sample.tar('-cz'));
    await azurite.put('builds', 'contract.txt', Buffer.from('hello'));
  });

  const contract = contextSourceContract({
    createSource: () => createAzureBlobSource(options()),
    request: request('contract.tar.gz'),
    refused: {
      'a blob that is not there': { request: request('none'), code: 'context-missing' },
      'what is no archive': { request: request('contract.txt'), code: 'context-archive-unsupported' },
    },
    foreign: ['-', '.', 'gs://builds/c', 'https://example.com/c.tar.gz'],
    secrets: ['sig='],
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

describe('a context that is in the container', () => {
  const source = (): ContextSource => createAzureBlobSource(options());
  const request = (key: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
    reference: `az://${azurite.account}/builds/${key}`,
    dockerfile: undefined,
    workingDirectory: folder,
    contextSubPath: undefined,
    ...more,
  });

  test.each(['auto', 'executor'] as const)('is fetched by the executor (%s)', async (fetching) => {
    const sample = await makeSampleContext(join(folder, 'source'), 100_000);
    await azurite.put('builds', 'dir/context of mine.tar.gz', await sample.tar('-cz'));
    const context = await source().open(
      request('dir/context of mine.tar.gz', { fetch: fetching }),
      testRun(),
    );
    if (context.kind !== 'remote') throw new Error('the executor can fetch it');
    await expectBuilt(sample, context, '1.24.0');
  });

  test.each<[what: string, flag: '-cz' | '-c', encoding: string | undefined, more: Partial<ContextRequest>]>([
    ['a plain tar', '-c', undefined, {}],
    ['one whose Content-Encoding would be undone on the way', '-cz', 'gzip', {}],
    ['one that is to go through this machine', '-cz', undefined, { fetch: 'client' }],
  ])('%s is fetched here', async (what, flag, encoding, more) => {
    const sample = await makeSampleContext(join(folder, 'here'), 3_000_000);
    await azurite.put('builds', what, await sample.tar(flag), encoding);
    const context = await source().open(request(what, more), testRun());
    if (context.kind !== 'archive') throw new Error('it is fetched here');
    const image = await buildWithExecutor({ context, signal: AbortSignal.timeout(60_000) });
    expect(image).toContainEqual(expect.objectContaining({ path: 'out/data', sha256: sample.sha256 }));
  });

  test('is fetched with the SAS that may read it and do nothing else', async () => {
    const sample = await makeSampleContext(join(folder, 'sas'), 1000);
    await azurite.put('builds', 'sas.tar.gz', await sample.tar('-cz'));
    const first = await source().open(request('sas.tar.gz'), testRun());
    if (first.kind !== 'remote') throw new Error('the executor can fetch it');
    const sasToken = first.delivery.context.split('?')[1]!;
    const narrow = createAzureBlobSource({ ...options(), accountKey: undefined, sasToken });
    expect(await narrow.open(request('sas.tar.gz'), testRun())).toMatchObject({
      delivery: { context: first.delivery.context, isSecret: true },
    });
    await expect(narrow.open(request('another.tar.gz'), testRun())).rejects.toMatchObject({
      code: 'bucket-denied',
    });
  });

  test('keeps to the state that was looked at', async () => {
    const sample = await makeSampleContext(join(folder, 'pinned'), 1000);
    await azurite.put('builds', 'pinned.tar.gz', await sample.tar('-cz'));
    const context = await source().open(request('pinned.tar.gz', { fetch: 'client' }), testRun());
    await azurite.put('builds', 'pinned.tar.gz', Buffer.from('something else'));
    if (context.kind !== 'archive') throw new Error('it is fetched here');
    await expect(Array.fromAsync(context.pack({}, testRun()).parts)).rejects.toMatchObject({
      code: 'context-changed',
    });
  });

  test.each<[what: string, key: string, more: Partial<AzureBlobStoreOptions>, code: string]>([
    ['a blob that is not there', 'none.tar.gz', {}, 'context-missing'],
    ['a container that is not there', '../none/x', {}, 'bucket-missing'],
    ['what is no archive', 'text', {}, 'context-archive-unsupported'],
    ['a wrong key', 'text', { accountKey: Buffer.alloc(64).toString('base64') }, 'bucket-denied'],
    ['nobody', 'text', { accountKey: undefined }, 'bucket-denied'],
    ['a server that is not there', 'text', { endpoint: 'http://127.0.0.1:1' }, 'bucket-unreachable'],
  ])('%s is said so', async (what, key, more, code) => {
    await azurite.put('builds', 'text', Buffer.from('hello'));
    const reference = key.startsWith('../')
      ? `az://${azurite.account}/${key.slice(3)}`
      : request(key).reference;
    const opening = createAzureBlobSource({ ...options(), ...more }).open(
      { ...request(key), reference },
      testRun(),
    );
    await expect(opening, what).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
  });
});

test.each<[what: string, more: Partial<AzureBlobStoreOptions>, code: string]>([
  ['a container that is not there', { container: 'none' }, 'bucket-missing'],
  ['a server that nobody vouches for', { certificateAuthorities: undefined }, 'bucket-unreachable'],
  ['a wrong key', { accountKey: Buffer.alloc(64).toString('base64') }, 'bucket-denied'],
  ['nobody', { accountKey: undefined }, 'bucket-denied'],
  [
    'a SAS that may not write',
    { accountKey: undefined, sasToken: 'sv=2024-11-04&sp=r&sig=x' },
    'bucket-denied',
  ],
])('the check says %s', async (_what, more, code) => {
  await expect(createAzureBlobStore({ ...options(), ...more }).check(testRun())).rejects.toMatchObject({
    code,
  });
});
