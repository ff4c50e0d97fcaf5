import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { contextSourceContract } from '@kanikit/contexts/contract';
import { createS3Source, type S3AccessOptions } from '@kanikit/contexts/s3';
import type { ContextRequest, PreparedContext, RunContext } from '@kanikit/spec';
import { create } from 'tar';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';
import { getUrl } from '../stores/get-url.ts';
import { buildContext, hasFile, imageOf } from './build-context.ts';

const versions = ['1.24.0', '1.9.2'] as const;
let folder: string;
let authority: CertificateAuthority;
let server: Versitygw;
let proxy: FaultProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-s3-source-'));
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /out/\n');
  await writeFile(join(folder, 'v'), 'one');
  await writeFile(join(folder, 'app/Dockerfile'), 'FROM scratch\nCOPY x /out/\n');
  await writeFile(join(folder, 'app/x'), 'x');
  await create({ cwd: folder, gzip: true, file: join(folder, 'a.tar.gz') }, ['Dockerfile', 'v', 'app']);
  const gzip = await readFile(join(folder, 'a.tar.gz'));
  const tar = gunzipSync(gzip);
  authority = await createCertificateAuthority();
  server = await startVersitygw({ authority });
  proxy = await startFaultProxy({
    target: server.url,
    authority: authority.certificate,
    certificate: await authority.issue(['127.0.0.1']),
  });
  const put = async (Key: string, Body: Buffer, more: object = {}): Promise<void> =>
    void (await server.client.send(new PutObjectCommand({ Bucket: server.bucket, Key, Body, ...more })));
  await put('context.tar.gz', gzip);
  await put('dir/a b+ü.tgz', gzip);
  await put('a.tar', tar);
  await put('a.tar.zst', zstdCompressSync(tar));
  await put('encoded.tar.gz', gzip, { ContentEncoding: 'gzip' });
  await put('empty.tar.gz', Buffer.alloc(0));
  await put('notes.tar.gz', Buffer.from('not an archive'));
  const noise = Buffer.from(Array.from({ length: 4_000_000 }, (_value, index) => (index * index * 31) >> 7));
  await writeFile(join(folder, 'noise'), noise);
  await create({ cwd: folder, file: join(folder, 'large.tar') }, ['Dockerfile', 'v', 'noise']);
  await put('large.tar', await readFile(join(folder, 'large.tar')));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => proxy.forget());

const access = (): S3AccessOptions => ({
  endpoint: proxy.url,
  region: server.region,
  credentials: server.credentials,
  certificateAuthorities: authority.certificate,
});
const run: RunContext = { signal: new AbortController().signal, now: Date.now };
const requestOf = (key: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference: `s3://builds${key}`,
  dockerfile: undefined,
  workingDirectory: folder,
  contextSubPath: undefined,
  ...more,
});

async function open(
  key: string,
  more: Partial<ContextRequest> = {},
  options: Partial<S3AccessOptions> = {},
): Promise<PreparedContext> {
  return await createS3Source({ ...access(), ...options }).open(requestOf(key, more), run);
}

describe.each(versions)('the executor %s', (version) => {
  test.each<[what: string, key: string, more: Partial<ContextRequest>, scheme: string]>([
    ['by a signed URL', '/context.tar.gz', {}, 'https://'],
    ['the default key', '', {}, 'https://'],
    ['a key of all sorts of characters', '/dir/a b+ü.tgz', {}, 'https://'],
    ['by its own S3 client', '/context.tar.gz', { delivery: 'bucket-url' }, 's3://'],
  ])('fetches %s', async (_what, key, more, scheme) => {
    const context = await open(key, more);
    expect(context.kind === 'remote' && context.delivery.context.startsWith(scheme)).toBe(true);
    const image = imageOf(await buildContext(context, { version }));
    expect(hasFile(image, 'out/v', 'one')).toBe(true);
    // Its own client leaves the archive in the context.
    expect(image.some(({ path }) => path === 'out/context.tar.gz')).toBe(scheme === 's3://');
  });

  test.each([
    ['a plain tar', '/a.tar', {}],
    ['zstd', '/a.tar.zst', {}],
    ['one with a Content-Encoding', '/encoded.tar.gz', {}],
    ['what is to be fetched here', '/context.tar.gz', { fetch: 'client' as const }],
    ['what is to be streamed', '/context.tar.gz', { delivery: 'stdin' as const }],
  ])('gets %s from this machine', async (_what, key, more) => {
    const context = await open(key, more);
    expect(context.kind).toBe('archive');
    const image = imageOf(await buildContext(context, { version }));
    expect(hasFile(image, 'out/v', 'one')).toBe(true);
  });

  test('builds from a folder of it', async () => {
    const context = await open('', { contextSubPath: 'app' });
    expect(context.kind).toBe('remote');
    const image = imageOf(await buildContext({ ...context, contextSubPath: 'app' }, { version }));
    expect(hasFile(image, 'out/x', 'x')).toBe(true);
  });
});

test.each<
  [what: string, key: string, more: Partial<ContextRequest>, options: Partial<S3AccessOptions>, code: string]
>([
  ['a missing object', '/none.tar.gz', {}, {}, 'context-missing'],
  ['an empty object', '/empty.tar.gz', {}, {}, 'context-archive-unsupported'],
  ['what is no tar', '/notes.tar.gz', {}, {}, 'context-archive-unsupported'],
  ['a plain tar for the executor only', '/a.tar', { fetch: 'executor' }, {}, 'context-fetch-unsupported'],
  [
    'an http server by signed URL',
    '',
    { delivery: 'signed-url' },
    { podEndpoint: 'http://10.0.0.1' },
    'context-fetch-unsupported',
  ],
  [
    'a wrong key',
    '',
    {},
    { credentials: { accessKeyId: 'versity-root', secretAccessKey: 'wrong-one' } },
    'bucket-denied',
  ],
  [
    'a server that is not there, to be fetched here',
    '',
    { fetch: 'client' },
    { endpoint: 'https://127.0.0.1:9' },
    'bucket-unreachable',
  ],
  [
    'an authority that is not trusted, to be fetched here',
    '',
    { fetch: 'client' },
    { certificateAuthorities: undefined },
    'bucket-unreachable',
  ],
])('refuses %s before anything starts', async (_what, key, more, options, code) => {
  const failure: unknown = await open(key, more, options).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
  expect(`${String(failure)} ${String((failure as Error).cause)}`).not.toContain('wrong-one');
});

test.each<[what: string, options: Partial<S3AccessOptions>, more: Partial<ContextRequest>, scheme: string]>([
  ['a server that only pods reach', { endpoint: 'https://127.0.0.1:9' }, {}, 'https://127.0.0.1:9/'],
  [
    'what pods read by an identity of their own',
    { credentials: { accessKeyId: 'versity-root', secretAccessKey: 'wrong-one' }, podAccess: 'identity' },
    {},
    's3://builds/',
  ],
])('%s is left to the executor, with a warning', async (_what, options, more, scheme) => {
  const context = await open('', more, options);
  expect(context).toMatchObject({ kind: 'remote', warnings: [{ code: 'context-unseen' }] });
  const { delivery } = context as Extract<PreparedContext, { kind: 'remote' }>;
  expect(delivery.context.startsWith(scheme)).toBe(true);
  expect(delivery.secretEnv).toEqual({});
});

test('a missing bucket is said so', async () => {
  const request = { ...requestOf(''), reference: 's3://no-such-bucket/a.tar.gz' };
  await expect(createS3Source(access()).open(request, run)).rejects.toMatchObject({ code: 'bucket-missing' });
});

test('a signed URL that has expired gives the executor nothing, and nothing is built', async () => {
  const context = await open('', { lifetimeMs: 1 });
  const { delivery } = context as Extract<PreparedContext, { kind: 'remote' }>;
  const status = async () => (await getUrl(delivery.context, authority.certificate)).status;
  await expect.poll(status, { timeout: 20_000 }).toBe(403);
  const outcome = await buildContext(context);
  expect(outcome).toMatchObject({
    isBuilt: false,
    log: expect.stringContaining('bad status from server: 403') as string,
  });
});

const isDownload = ({ method, headers }: SeenRequest): boolean =>
  method === 'GET' && headers.range !== undefined && !headers.range.endsWith('-511');

test('a server that stops in the middle is asked for the rest', async () => {
  proxy.add({ fault: { kind: 'cut', of: 'response', afterBytes: 1_000_000 }, when: isDownload, times: 3 });
  const image = imageOf(await buildContext(await open('/large.tar')));
  expect(image.some(({ path }) => path === 'out/noise')).toBe(true);
  expect(proxy.requests.filter(isDownload)).toHaveLength(4);
});

test('a server that only ever stops is an error, and so is an object that is replaced meanwhile', async () => {
  proxy.add({ fault: { kind: 'cut', of: 'response', afterBytes: 0 }, when: isDownload, times: Infinity });
  await expect(buildContext(await open('/large.tar'))).rejects.toMatchObject({ code: 'bucket-unreachable' });
  proxy.forget();
  const context = await open('/a.tar');
  const Body = Buffer.alloc(10_240);
  await server.client.send(new PutObjectCommand({ Bucket: server.bucket, Key: 'a.tar', Body }));
  await expect(buildContext(context)).rejects.toMatchObject({ code: 'context-changed' });
});

describe.each([
  ['fetched by the executor', {}],
  ['fetched here', { fetch: 'client' as const }],
])('the contract, %s', (_what, more) => {
  const contract = contextSourceContract({
    createSource: () => createS3Source(access()),
    request: requestOf('/context.tar.gz', more),
    refused: {
      'a missing object': { request: requestOf('/none'), code: 'context-missing' },
      'no bucket': { request: { ...requestOf(''), reference: 's3://' }, code: 'context-unknown' },
    },
    foreign: ['.', 'gs://bucket/a', 'https://s3.amazonaws.com/a', 's3.tar', '-'],
    secrets: ['versity-secret-key'],
  });
  test.each(contract)('$name', async (one) => {
    await one.run();
  });
});
