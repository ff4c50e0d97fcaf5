import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { errorCode, startBucket, type TestBucket } from './testing/test-bucket.ts';

let folder: string;
let bucket: TestBucket;
const mebibyte = 1024 * 1024;
const large = 'a'.repeat(5 * mebibyte);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
  bucket = await startBucket(folder);
  await bucket.call('PUT', '/box');
});

afterEach(async () => {
  await bucket[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const inBucket = (name: string): Promise<string[]> => readdir(join(folder, 'buckets', 'box', name));

async function start(): Promise<string> {
  const answer = await bucket.call('POST', '/box/k', {
    query: { uploads: '' },
    headers: { 'x-amz-meta-a': '1' },
  });
  return /<UploadId>(.*?)</.exec(await answer.text())?.[1] ?? '';
}

async function part(uploadId: string, number: number, body: string): Promise<string> {
  const answer = await bucket.call('PUT', '/box/k', {
    query: { uploadId, partNumber: String(number) },
    body,
  });
  return answer.headers.get('etag') ?? '';
}

const complete = (uploadId: string, parts: readonly (readonly [number, string])[]): Promise<Response> => {
  const list = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
  return bucket.call('POST', '/box/k', { query: { uploadId }, body });
};

it('joins the parts that are listed, in order, and drops the others', async () => {
  const id = await start();
  const second = await part(id, 2, 'end');
  await part(id, 1, 'first try');
  const first = await part(id, 1, large);
  await part(id, 3, 'not wanted');
  const answer = await complete(id, [
    [1, first],
    [2, second],
  ]);
  expect(await answer.text()).toMatch(/<ETag>&#34;[0-9a-f]{32}-2&#34;<\/ETag>/);
  const get = await bucket.call('GET', '/box/k');
  expect(await get.text()).toBe(`${large}end`);
  expect(get.headers.get('x-amz-meta-a')).toBe('1');
  const range = await bucket.call('GET', '/box/k', {
    headers: { range: `bytes=${5 * mebibyte - 2}-${5 * mebibyte}` },
  });
  expect(await range.text()).toBe('aae');
  expect(await inBucket('data')).toHaveLength(2);
  expect(await inBucket('uploads')).toEqual([]);
});

it.each<[string, readonly [number, string, string][], string]>([
  [
    'an unknown part',
    [
      [1, large, 'ok'],
      [9, '', 'ok'],
    ],
    'InvalidPart',
  ],
  ['a part with another tag', [[1, large, '"x"']], 'InvalidPart'],
  [
    'parts out of order',
    [
      [2, large, 'ok'],
      [1, 'x', 'ok'],
    ],
    'InvalidPartOrder',
  ],
  [
    'a small part before the end',
    [
      [1, 'x', 'ok'],
      [2, 'y', 'ok'],
    ],
    'EntityTooSmall',
  ],
  ['no part', [], 'MalformedXML'],
])('refuses %s', async (_, parts, code) => {
  const id = await start();
  const listed: [number, string][] = [];
  for (const [number, body, etag] of parts) {
    const uploaded = body === '' ? '"x"' : await part(id, number, body);
    listed.push([number, etag === 'ok' ? uploaded : etag]);
  }
  expect(await errorCode(await complete(id, listed))).toBe(code);
  expect((await bucket.call('HEAD', '/box/k')).status).toBe(404);
});

it('forgets an aborted upload with its bytes', async () => {
  const id = await start();
  const etag = await part(id, 1, 'x');
  expect((await bucket.call('DELETE', '/box/k', { query: { uploadId: id } })).status).toBe(204);
  expect(await inBucket('data')).toEqual([]);
  expect(await errorCode(await complete(id, [[1, etag]]))).toBe('NoSuchUpload');
});

it('goes on with an upload after a restart, and lists what is there', async () => {
  const id = await start();
  const first = await part(id, 1, large);
  await bucket[Symbol.asyncDispose]();
  bucket = await startBucket(folder);
  const second = await part(id, 2, 'end');
  const uploads = await (await bucket.call('GET', '/box', { query: { uploads: '' } })).text();
  expect(uploads).toContain(`<Upload><Key>k</Key><UploadId>${id}</UploadId>`);
  const page = await (
    await bucket.call('GET', '/box/k', { query: { uploadId: id, 'max-parts': '1' } })
  ).text();
  expect(page).toContain('<IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber>');
  expect(
    (
      await complete(id, [
        [1, first],
        [2, second],
      ])
    ).status,
  ).toBe(200);
  expect((await bucket.call('HEAD', '/box/k')).headers.get('content-length')).toBe(String(5 * mebibyte + 3));
});

it('gives one part of an object, as clients ask that download in parts', async () => {
  const id = await start();
  const parts = [await part(id, 1, large), await part(id, 2, 'the end')];
  await complete(id, [
    [1, parts[0]!],
    [2, parts[1]!],
  ]);
  const get = (partNumber: string, more: Record<string, string> = {}, method = 'GET') =>
    bucket.call(method, '/box/k', { query: { partNumber }, headers: more });
  const first = await get('1', {}, 'HEAD');
  expect([first.status, first.headers.get('x-amz-mp-parts-count')]).toEqual([206, '2']);
  expect(first.headers.get('content-range')).toBe(`bytes 0-${large.length - 1}/${large.length + 7}`);
  const second = await get('2');
  expect([second.status, await second.text()]).toEqual([206, 'the end']);
  expect(await errorCode(await get('3'))).toBe('InvalidPartNumber');
  expect(await errorCode(await get('0'))).toBe('InvalidArgument');
  expect(await errorCode(await get('x'))).toBe('InvalidArgument');
  expect(await errorCode(await get('1', { range: 'bytes=0-1' }))).toBe('InvalidRequest');
});

it.each([
  ['whole', 206],
  ['', 200],
])('an object that was put whole (%j) is one part, without a count', async (body, status) => {
  await bucket.call('PUT', '/box/plain', { body });
  const answer = await bucket.call('GET', '/box/plain', { query: { partNumber: '1' } });
  expect([answer.status, await answer.text()]).toEqual([status, body]);
  expect(answer.headers.get('x-amz-mp-parts-count')).toBeNull();
  const next = await bucket.call('GET', '/box/plain', { query: { partNumber: '2' } });
  expect(await errorCode(next)).toBe('InvalidPartNumber');
});
