import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errorCode, startBucket, type TestBucket } from './testing/test-bucket.ts';

let folder: string;
let bucket: TestBucket;
const large = 'a'.repeat(5 * 1024 * 1024);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
  bucket = await startBucket(folder);
  await bucket.call('PUT', '/box');
  await bucket.call('PUT', '/box/large', { body: large });
  await bucket.call('PUT', '/box/small', { body: 'end' });
});

afterEach(async () => {
  await bucket[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const answer = await bucket.call('POST', '/box/k', { query: { uploads: '' } });
  return /<UploadId>(.*?)</.exec(await answer.text())?.[1] ?? '';
}

const copy = (uploadId: string, number: number, source: string, headers = {}): Promise<Response> =>
  bucket.call('PUT', '/box/k', {
    query: { uploadId, partNumber: String(number) },
    headers: { 'x-amz-copy-source': source, ...headers },
  });

async function complete(uploadId: string, etags: readonly string[]): Promise<Response> {
  const list = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
  return await bucket.call('POST', '/box/k', { query: { uploadId }, body });
}

const etagOf = async (answer: Response): Promise<string> =>
  /<ETag>&#34;(.*?)&#34;</.exec(await answer.text())?.[1] ?? '';

it('makes parts of objects, which may go then', async () => {
  const id = await start();
  const etags = [await etagOf(await copy(id, 1, '/box/large')), await etagOf(await copy(id, 2, 'box/small'))];
  expect((await complete(id, etags)).status).toBe(200);
  for (const name of ['large', 'small']) await bucket.call('DELETE', `/box/${name}`);
  expect(await (await bucket.call('GET', '/box/k')).text()).toBe(`${large}end`);
  await bucket.call('DELETE', '/box/k');
  expect(await readdir(join(folder, 'buckets', 'box', 'data'))).toEqual([]);
});

it('leaves the objects when the upload is given up', async () => {
  const id = await start();
  await copy(id, 1, '/box/large');
  expect((await bucket.call('DELETE', '/box/k', { query: { uploadId: id } })).status).toBe(204);
  expect(await (await bucket.call('GET', '/box/large')).text()).toBe(large);
  expect(await readdir(join(folder, 'buckets', 'box', 'data'))).toHaveLength(2);
});

it.each<[what: string, source: string, headers: Readonly<Record<string, string>>, code: string]>([
  ['a source that is missing', '/box/none', {}, 'NoSuchKey'],
  ['a bucket that is missing', '/none/large', {}, 'NoSuchBucket'],
  ['no key', '/box', {}, 'InvalidArgument'],
  [
    'another state of the source',
    '/box/large',
    { 'x-amz-copy-source-if-match': '"0"' },
    'PreconditionFailed',
  ],
  ['a range', '/box/large', { 'x-amz-copy-source-range': 'bytes=0-1' }, 'NotImplemented'],
])('refuses %s', async (_what, source, headers, code) => {
  expect(await errorCode(await copy(await start(), 1, source, headers))).toBe(code);
});
