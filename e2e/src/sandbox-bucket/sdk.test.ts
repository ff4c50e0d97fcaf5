import { createHash } from 'node:crypto';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ChecksumAlgorithm,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestSandbox, type TestSandbox } from '../parts/test-sandbox.ts';

/** Ends at once when it holds; a busy machine may need a while. */
const patient = { timeout: 20_000 };
let test: TestSandbox;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  test = await startTestSandbox();
  Bucket = test.description.bucket.bucket;
  client = createClient();
});

afterAll(async () => {
  client.destroy();
  await test[Symbol.asyncDispose]();
});

function createClient(changes: Partial<S3ClientConfig> = {}): S3Client {
  const { endpointHttp, region, accessKeyId, secretAccessKey } = test.description.bucket;
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({
    endpoint: endpointHttp,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...changes,
  });
}

function streamOf(size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(size / 60_000) }, (_, index) =>
    Buffer.alloc(Math.min(60_000, size - index * 60_000), index),
  );
  return Readable.from(pieces, { objectMode: false });
}

describe('the official SDK', () => {
  it('puts, gets, lists, copies and deletes', async () => {
    const Key = "dir/a b+ü!'()*~.txt";
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: 'hello',
        ContentType: 'text/plain',
        Metadata: { run: 'r1' },
      }),
    );
    const object = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await object.Body?.transformToString()).toBe('hello');
    expect(object).toMatchObject({ ContentType: 'text/plain', Metadata: { run: 'r1' }, ContentLength: 5 });
    const source = `${Bucket}/${encodeURIComponent(Key)}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'dir/copy', CopySource: source }));
    const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/' }));
    expect(listed.Contents?.map((entry) => entry.Key)).toEqual([Key, 'dir/copy']);
    const folders = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(folders.CommonPrefixes).toContainEqual({ Prefix: 'dir/' });
    await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }, { Key: 'dir/copy' }] } }),
    );
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/' }))).KeyCount).toBe(0);
  });

  it.each<ChecksumAlgorithm | undefined>([undefined, 'CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'])(
    'streams a body with checksum %s behind it, and checks it on the way back',
    async (ChecksumAlgorithm) => {
      const Key = `stream-${ChecksumAlgorithm}`;
      const body = { Body: streamOf(200_001), ContentLength: 200_001 };
      await client.send(
        new PutObjectCommand({ Bucket, Key, ...body, ...(ChecksumAlgorithm && { ChecksumAlgorithm }) }),
      );
      const object = await client.send(new GetObjectCommand({ Bucket, Key }));
      const expected = Buffer.concat(await streamOf(200_001).toArray());
      expect(Buffer.compare(await object.Body!.transformToByteArray(), expected)).toBe(0);
      expect(object.ETag).toBe(`"${createHash('md5').update(expected).digest('hex')}"`);
    },
  );

  it('uploads in parts from a stream of unknown length', async () => {
    const upload = new Upload({ client, params: { Bucket, Key: 'large', Body: streamOf(13_000_000) } });
    const { ETag } = await upload.done();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const object = await client.send(
      new GetObjectCommand({ Bucket, Key: 'large', Range: 'bytes=5242000-5243999' }),
    );
    const expected = Buffer.concat(await streamOf(13_000_000).toArray()).subarray(5_242_000, 5_244_000);
    expect(Buffer.compare(await object.Body!.transformToByteArray(), expected)).toBe(0);
  });

  it('leaves nothing of an upload that is aborted', async () => {
    const upload = new Upload({ client, params: { Bucket, Key: 'aborted', Body: endless() } });
    upload.on('httpUploadProgress', () => void upload.abort());
    await expect(upload.done()).rejects.toMatchObject({ name: 'AbortError' });
    const listed = (): Promise<unknown> =>
      client.send(new ListMultipartUploadsCommand({ Bucket })).then((page) => page.Uploads);
    await expect.poll(listed, patient).toBeUndefined();
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'aborted' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('puts only where nothing is when told so', async () => {
    const put = new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' });
    await client.send(put);
    await expect(client.send(put)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

function endless(): Readable {
  return Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1_000_000);
    })(),
    { objectMode: false },
  );
}

it('answers over https with a certificate of the sandbox', async () => {
  const { authority, bucket } = test.description;
  const secure = (ca?: string): S3Client =>
    createClient({
      endpoint: bucket.endpoint,
      requestHandler: { httpsAgent: new Agent({ ...(ca && { ca }) }) },
    });
  await secure(authority).send(
    new PutObjectCommand({ Bucket, Key: 'secure', Body: streamOf(70_000), ContentLength: 70_000 }),
  );
  const object = await secure(authority).send(new HeadObjectCommand({ Bucket, Key: 'secure' }));
  expect(object.ContentLength).toBe(70_000);
  await expect(secure().send(new HeadObjectCommand({ Bucket, Key: 'secure' }))).rejects.toThrow(
    /certificate|issuer/,
  );
});

describe('refusals, as the SDK names them', () => {
  it.each<[string, Partial<S3ClientConfig>, string]>([
    [
      'a wrong secret',
      { credentials: { accessKeyId: '', secretAccessKey: 'wrong' } },
      'SignatureDoesNotMatch',
    ],
    [
      'an unknown key',
      { credentials: { accessKeyId: 'nobody', secretAccessKey: 'x' } },
      'InvalidAccessKeyId',
    ],
    ['another region', { region: 'mars-north-1' }, 'AuthorizationHeaderMalformed'],
  ])('%s', async (_, changes, name) => {
    const { accessKeyId } = test.description.bucket;
    const credentials = changes.credentials as { accessKeyId: string; secretAccessKey: string } | undefined;
    const other = createClient({
      ...changes,
      ...(credentials?.accessKeyId === '' ? { credentials: { ...credentials, accessKeyId } } : {}),
    });
    await expect(other.send(new GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toMatchObject({ name });
    other.destroy();
  });

  it.each([
    ['NoSuchKey', () => new GetObjectCommand({ Bucket, Key: 'never' })],
    ['NoSuchBucket', () => new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'never' })],
  ])('%s', async (name, command) => {
    await expect(client.send(command())).rejects.toMatchObject({ name });
  });
});

describe('presigned URLs', () => {
  const url = (expiresIn: number, signedAgoMs: number): Promise<string> =>
    getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'signed' }), {
      expiresIn,
      signingDate: new Date(Date.now() - signedAgoMs),
    });

  it('are good until they expire', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'signed', Body: 'secret context' }));
    expect(await (await fetch(await url(60, 0))).text()).toBe('secret context');
    const expired = await fetch(await url(60, 61_000));
    expect([expired.status, await expired.text()]).toEqual([
      403,
      expect.stringContaining('Request has expired'),
    ]);
  });

  it('are good for nothing else', async () => {
    const signed = await url(60, 0);
    expect((await fetch(signed, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(signed.replace('/signed?', '/other?'))).status).toBe(403);
    expect((await fetch(signed.split('?')[0] ?? '')).status).toBe(403);
  });
});
