import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { contextStoreContract, createSampleArchive } from '@kanikit/contexts/contract';
import { createS3Store, type S3StoreOptions } from '@kanikit/contexts/s3';
import type { RunContext, StoredContext, UploadOptions } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { startTestSandbox, type TestSandbox } from '../parts/test-sandbox.ts';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';
import { getUrl } from './get-url.ts';

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await createCertificateAuthority();
});

const optionsOf = ({ url, bucket, region, credentials }: Versitygw): S3StoreOptions => ({
  endpoint: url,
  certificateAuthorities: authority.certificate,
  bucket,
  region,
  credentials,
});

/** As an executor does: by the signed URL, or by key with the credentials of its environment. */
async function fetchAsExecutor(server: Versitygw, { delivery }: StoredContext): Promise<Uint8Array> {
  if (delivery.isSecret) {
    const { status, body } = await getUrl(delivery.context, delivery.certificateAuthorities);
    expect(status).toBe(200);
    return body;
  }
  const { bucket, key } = /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.+)$/.exec(delivery.context)?.groups ?? {};
  expect(delivery.secretEnv['AWS_SECRET_ACCESS_KEY']).toBe(server.credentials.secretAccessKey);
  const object = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
}

describe.each([
  ['versitygw', {}, {}],
  ['versitygw with versions', { hasVersions: true }, {}],
  ['a server that copies no parts', {}, { canCopyParts: false }],
] as const)('the contract on %s', (_name, serverOptions, storeOptions) => {
  let server: Versitygw;
  beforeAll(async () => {
    server = await startVersitygw({ authority, ...serverOptions });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const contract = contextStoreContract({
    createStore: () => createS3Store({ ...optionsOf(server), ...storeOptions }),
    list: () => server.list(),
    fetch: (stored) => fetchAsExecutor(server, stored),
    secrets: ['versity-secret-key'],
    reusesParts: !('canCopyParts' in storeOptions),
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

const options: UploadOptions = {
  runId: 'run',
  buildIds: ['build'],
  delivery: 'signed-url',
  lifetimeMs: 60_000,
  keepMs: undefined,
};
const run: RunContext = { signal: new AbortController().signal, now: Date.now };

describe('the contract on the bucket of the sandbox', () => {
  let sandbox: TestSandbox;
  let client: S3Client;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    const { endpointHttp: endpoint, region, ...credentials } = sandbox.description.bucket;
    client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  });
  afterAll(async () => {
    client.destroy();
    await sandbox[Symbol.asyncDispose]();
  });

  const contract = contextStoreContract({
    createStore: () => {
      const { bucket, endpoint, region, accessKeyId, secretAccessKey } = sandbox.description.bucket;
      const credentials = { accessKeyId, secretAccessKey };
      const certificateAuthorities = sandbox.description.authority;
      return createS3Store({ bucket, endpoint, region, credentials, certificateAuthorities });
    },
    list: async () => {
      const Bucket = sandbox.description.bucket.bucket;
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return [...Contents.map(({ Key }) => `${Key}`), ...Uploads.map(({ Key }) => `upload ${Key}`)];
    },
    fetch: async ({ delivery }) => {
      if (delivery.isSecret) return (await getUrl(delivery.context, delivery.certificateAuthorities)).body;
      const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(delivery.context) ?? [];
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
  });
  test.each(contract)('$name', async (one) => {
    await one.run();
  });
});

describe('rights', () => {
  let server: Versitygw;
  beforeAll(async () => {
    server = await startVersitygw({ authority });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const least = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];

  test('the rights that the hint names are enough: nothing is listed', async () => {
    const credentials = await server.addUser(...least);
    const store = createS3Store({ ...optionsOf(server), credentials });
    await store.check(run);
    for (const seeds of [[1], [1, 2, 3]]) {
      const archive = createSampleArchive(seeds);
      const stored = await store.upload(archive, options, run);
      expect(archive.bytes.equals(await fetchAsExecutor(server, stored))).toBe(true);
      await stored.remove(run);
    }
    const keep = { ...options, keepMs: 1e9 };
    await store.upload(createSampleArchive([1, 2, 3]), keep, run);
    const { sentBytes } = await store.upload(createSampleArchive([1, 4, 3]), keep, run);
    expect(sentBytes).toBe(5_242_880 + 4000);
  });

  test.each([
    ['to put', least.filter((right) => right !== 's3:PutObject')],
    ['to read parts', least.filter((right) => right !== 's3:GetObject')],
  ])('without the right %s it is denied, by name', async (_what, rights) => {
    const credentials = await server.addUser(...rights);
    const store = createS3Store({ ...optionsOf(server), credentials });
    const failure = await store
      .upload(createSampleArchive([5, 6]), options, run)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'bucket-denied',
      hint: expect.stringContaining('s3:GetObject') as string,
    });
    expect((await server.list()).filter((key) => key.startsWith('upload') || key.includes('/run/'))).toEqual(
      [],
    );
  });
});

test('a signed URL names the version that was written, and ends in time', async () => {
  await using server = await startVersitygw({ authority, hasVersions: true });
  const store = createS3Store(optionsOf(server));
  const archive = createSampleArchive([1]);
  const stored = await store.upload(archive, options, run);
  await store.upload(createSampleArchive([2]), options, run);
  expect(archive.bytes.equals(await fetchAsExecutor(server, stored)), 'not what replaced it').toBe(true);

  const short = await store.upload(createSampleArchive([3]), { ...options, lifetimeMs: 1 }, run);
  const status = async (): Promise<number | undefined> =>
    (await getUrl(short.delivery.context, authority.certificate)).status;
  await expect.poll(status, { timeout: 20_000 }).toBe(403);
});

test('pods of an identity of their own get no key', async () => {
  await using server = await startVersitygw();
  const store = createS3Store({ ...optionsOf(server), podAccess: 'identity' });
  const { possible, reasons } = await store.deliveries(undefined, run);
  expect(possible).toEqual(['bucket-url']);
  expect(reasons['signed-url']).toContain('https');
  const { delivery } = await store.upload(
    createSampleArchive([1]),
    { ...options, delivery: 'bucket-url' },
    run,
  );
  expect(delivery).toMatchObject({
    context: expect.stringMatching(
      /^s3:\/\/builds\/kanikit\/runs\/run\/build\/[0-9a-f]{64}\.tar\.gz$/,
    ) as string,
    isSecret: false,
    env: { AWS_REGION: server.region, S3_ENDPOINT: server.url, S3_FORCE_PATH_STYLE: 'true' },
    secretEnv: {},
  });
});
