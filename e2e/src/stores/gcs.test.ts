import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { contextSourceContract, contextStoreContract, createSampleArchive } from '@kanikit/contexts/contract';
import { createGcsSource, createGcsStore, type GcsStoreOptions } from '@kanikit/contexts/gcs';
import type { ContextRequest, ContextSource, StoredContext } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FakeGcsServer, startFakeGcsServer } from '../parts/fake-gcs-server.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { buildWithExecutor } from '../contexts/build-with-executor.ts';
import { getUrl } from './get-url.ts';
import { expectBuilt, makeSampleContext, testRun, uploadContext } from './sample-context.test.helper.ts';
import { testUploadFaults } from './upload-faults.test.helper.ts';
import { writeServiceAccountKey } from './service-account.ts';

let authority: CertificateAuthority;
let server: FakeGcsServer;
let folder: string;
let privateKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-gcs-'));
  authority = await createCertificateAuthority();
  const certificate = await authority.issue(['127.0.0.1']);
  server = await startFakeGcsServer({ certificate, signal: new AbortController().signal });
  await server.addBucket('builds');
  ({ privateKey } = await writeServiceAccountKey(join(folder, 'key.json')));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const options = (): GcsStoreOptions => ({
  bucket: 'builds',
  endpoint: server.url,
  certificateAuthorities: authority.certificate,
  keyFile: join(folder, 'key.json'),
});

/** As an executor does: by the signed URL, or by name from the server that its environment names. */
async function fetchAsExecutor({ delivery }: StoredContext): Promise<Uint8Array> {
  const path = delivery.context.replace('gs://', '');
  const url = delivery.isSecret ? delivery.context : `${delivery.env['STORAGE_EMULATOR_HOST']}/${path}`;
  const { status, body } = await getUrl(url, delivery.certificateAuthorities);
  expect(status).toBe(200);
  return body;
}

async function list(): Promise<readonly string[]> {
  const answer = await getUrl(`${server.url}/storage/v1/b/builds/o`, authority.certificate);
  const { items = [] } = JSON.parse(answer.body.toString()) as { items?: readonly { name: string }[] };
  return items.map(({ name }) => name);
}

async function put(key: string, bytes: Uint8Array, query = ''): Promise<string> {
  const url = `${server.controlUrl}/upload/storage/v1/b/builds/o?uploadType=media&name=${encodeURIComponent(key)}${query}`;
  const answer = await fetch(url, { method: 'POST', body: Buffer.from(bytes) });
  expect(answer.status).toBe(200);
  return `gs://builds/${key}`;
}

describe('the contract on fake-gcs-server', () => {
  const contract = contextStoreContract({
    createStore: () => createGcsStore(options()),
    list,
    fetch: fetchAsExecutor,
    secrets: [],
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

test('an archive of more parts than one request composes is put together, and nothing in between stays', async () => {
  const before = await list();
  const archive = createSampleArchive(Array.from({ length: 40 }, (_, index) => index));
  const store = createGcsStore(options());
  const build = { runId: 'run-m', buildIds: ['build'], lifetimeMs: 60_000, keepMs: undefined };
  const stored = await store.upload(archive, { ...build, delivery: 'signed-url' }, testRun());
  expect(Buffer.compare(await fetchAsExecutor(stored), archive.bytes)).toBe(0);
  await stored.remove(testRun());
  expect(await list()).toEqual(before);
});

test('a disk that is full is said so, and no archive is there', async () => {
  await using small = await startFakeGcsServer({
    diskBytes: 24_000_000,
    signal: new AbortController().signal,
  });
  await small.addBucket('builds');
  const store = createGcsStore({ bucket: 'builds', endpoint: small.url });
  const archive = createSampleArchive([1, 2, 3, 4, 5, 6]);
  const build = { runId: 'run-d', buildIds: ['build'], lifetimeMs: 60_000, keepMs: undefined };
  await expect(store.upload(archive, { ...build, delivery: 'bucket-url' }, testRun())).rejects.toMatchObject({
    code: 'bucket-upload-failed',
    retryable: true,
  });
  const answer = await fetch(`${small.url}/storage/v1/b/builds/o`);
  expect(await answer.text()).not.toContain('runs%2Frun-d');
});

test('objects carry what they are, and hashes by which the official SDK proves what it reads', async () => {
  const store = createGcsStore({ ...options(), prefix: 'sdk' });
  const sample = await makeSampleContext(join(folder, 'sdk'), 1000);
  const stored = await uploadContext(store, sample, 'signed-url');
  const file = new Storage({ apiEndpoint: server.controlUrl, projectId: 'x' })
    .bucket('builds')
    .file(`sdk/runs/run-x/build/${stored.digest.slice('sha256:'.length)}.tar.gz`);
  const [metadata] = await file.getMetadata();
  expect(metadata).toMatchObject({
    contentType: 'application/gzip',
    metadata: { 'kanikit-run': 'run-x', 'kanikit-build': 'build', 'kanikit-digest': stored.digest },
  });
  const [bytes] = await file.download({ validation: 'crc32c', decompress: false });
  expect(bytes.length).toBe(stored.sizeBytes);
  await stored.remove(testRun());
});

test.each<[what: string, more: Partial<GcsStoreOptions>, code: string]>([
  ['a bucket that is not there', { bucket: 'none' }, 'bucket-missing'],
  ['a server that is not there', { endpoint: 'http://127.0.0.1:1' }, 'bucket-unreachable'],
  ['a server that nobody vouches for', { certificateAuthorities: undefined }, 'bucket-unreachable'],
])('the check says %s', async (_what, more, code) => {
  await expect(createGcsStore({ ...options(), ...more }).check(testRun())).rejects.toMatchObject({ code });
});

describe('what goes wrong on the way', () => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startFaultProxy({
      target: server.url,
      authority: authority.certificate,
      certificate: await authority.issue(['127.0.0.1']),
    });
  });
  afterAll(() => proxy[Symbol.asyncDispose]());

  testUploadFaults({
    proxy: () => proxy,
    createStore: (silenceMs) =>
      createGcsStore({ ...options(), endpoint: proxy.url, podEndpoint: server.url, silenceMs }),
    list,
    fetch: fetchAsExecutor,
    isJoin: ({ path }) => path.includes('/compose'),
    secrets: () => [privateKey.slice(40, 80)],
  });
});

describe('the real executor', () => {
  test.each(['1.24.0', '1.9.2'] as const)(
    '%s fetches a context of several parts by signed URL',
    async (version) => {
      const sample = await makeSampleContext(join(folder, `signed-${version}`), 20_000_000);
      const stored = await uploadContext(createGcsStore(options()), sample, 'signed-url');
      await expectBuilt(sample, { ...stored, dockerfile: stored.dockerfiles[0]! }, version);
      await stored.remove(testRun());
    },
  );

  test.each(['1.24.0', '1.9.2'] as const)(
    '%s fetches gs:// with the client of its language',
    async (version) => {
      const sample = await makeSampleContext(join(folder, `native-${version}`), 1_000_000);
      const store = createGcsStore({ ...options(), prefix: 'a b/ü?#%20' });
      const stored = await uploadContext(store, sample, 'bucket-url');
      expect(stored.delivery).toMatchObject({ isSecret: false, env: { STORAGE_EMULATOR_HOST: server.url } });
      await expectBuilt(sample, { ...stored, dockerfile: stored.dockerfiles[0]! }, version);
      await stored.remove(testRun());
    },
  );
});

describe.each(['auto', 'client'] as const)('the contract of sources, fetched by %s', (fetching) => {
  const request = (key: string): ContextRequest => ({
    reference: `gs://builds/${key}`,
    dockerfile: undefined,
    workingDirectory: '/',
    contextSubPath: undefined,
    fetch: fetching,
  });
  beforeAll(async () => {
    const sample = await makeSampleContext(join(folder, 'contract'), 20_000_000);
    await put('contract.tar.gz', await sample.tar('-cz'));
    await put('contract.txt', Buffer.from('hello'));
  });

  const contract = contextSourceContract({
    createSource: () => createGcsSource(options()),
    request: request('contract.tar.gz'),
    refused: {
      'an object that is not there': { request: request('none'), code: 'context-missing' },
      'what is no archive': { request: request('contract.txt'), code: 'context-archive-unsupported' },
    },
    foreign: ['-', '.', 's3://builds/c', 'https://example.com/c.tar.gz'],
    secrets: ['X-Goog-Signature', 'PRIVATE KEY'],
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

describe('a context that is in the bucket', () => {
  const source = (): ContextSource => createGcsSource(options());
  const request = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
    reference,
    dockerfile: undefined,
    workingDirectory: folder,
    contextSubPath: undefined,
    ...more,
  });
  test.each(['auto', 'executor'] as const)('is fetched by the executor (%s)', async (fetching) => {
    const sample = await makeSampleContext(join(folder, 'source'), 100_000);
    const reference = await put('dir/context of mine.tar.gz', await sample.tar('-cz'));
    for (const delivery of ['auto', 'bucket-url'] as const) {
      const context = await source().open(request(reference, { fetch: fetching, delivery }), testRun());
      if (context.kind !== 'remote') throw new Error('the executor can fetch it');
      expect(context.delivery.isSecret).toBe(delivery === 'auto');
      await expectBuilt(sample, context, '1.24.0');
    }
  });

  test.each<[what: string, flag: '-cz' | '-c', query: string, more: Partial<ContextRequest>]>([
    ['a plain tar', '-c', '', {}],
    ['one whose Content-Encoding would be undone on the way', '-cz', '&contentEncoding=gzip', {}],
    ['one that is to go through this machine', '-cz', '', { fetch: 'client' }],
    ['one that is to be streamed', '-cz', '', { delivery: 'stdin' }],
  ])('%s is fetched here', async (what, flag, query, more) => {
    const sample = await makeSampleContext(join(folder, 'here'), 3_000_000);
    const reference = await put(`here/${what}`, await sample.tar(flag), query);
    const context = await source().open(request(reference, more), testRun());
    if (context.kind !== 'archive') throw new Error('it is fetched here');
    const image = await buildWithExecutor({ context, signal: AbortSignal.timeout(60_000) });
    expect(image).toContainEqual(expect.objectContaining({ path: 'out/data', sha256: sample.sha256 }));
  });

  test('that the executor can not unpack is refused where the executor is to fetch', async () => {
    const sample = await makeSampleContext(join(folder, 'refused'), 1000);
    const plain = await put('plain.tar', await sample.tar('-c'));
    await expect(source().open(request(plain, { fetch: 'executor' }), testRun())).rejects.toMatchObject({
      code: 'context-fetch-unsupported',
      message: expect.stringContaining('plain tar') as string,
    });
  });

  test('keeps to the state that was looked at', async () => {
    const sample = await makeSampleContext(join(folder, 'pinned'), 1000);
    const reference = await put('pinned.tar.gz', await sample.tar('-cz'));
    const here = await source().open(request(reference, { fetch: 'client' }), testRun());
    const remote = await source().open(request(reference), testRun());
    await put('pinned.tar.gz', Buffer.from('something else'));
    if (here.kind !== 'archive' || remote.kind !== 'remote')
      throw new Error('one is fetched here, one is not');
    await expect(Array.fromAsync(here.pack({}, testRun()).parts)).rejects.toMatchObject({
      code: 'context-changed',
    });
    expect((await getUrl(remote.delivery.context, authority.certificate)).status).toBe(404);
  });

  test.each([
    ['gs://builds/none.tar.gz', 'context-missing'],
    ['gs://builds/text', 'context-archive-unsupported'],
    ['gs://', 'context-unknown'],
  ])('%s is refused with %s', async (reference, code) => {
    await put('text', Buffer.from('hello'));
    await expect(source().open(request(reference), testRun())).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/\w/) as string,
    });
  });
});
