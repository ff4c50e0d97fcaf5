import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  errorCode,
  signRequest,
  startBucket,
  type BucketCall,
  type TestBucket,
} from './testing/test-bucket.ts';

/** Ends at once when it holds; a busy machine may need a while. */
const patient = { timeout: 20_000 };
let folder: string;
let bucket: TestBucket;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
  bucket = await startBucket(folder);
  await bucket.call('PUT', '/box');
});

afterEach(async () => {
  await bucket[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const dataFiles = (): Promise<string[]> => readdir(join(folder, 'buckets', 'box', 'data'));
const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

describe('refusals', () => {
  it.each<[string, string, string, BucketCall, number, string]>([
    ['an unknown bucket', 'GET', '/none/k', {}, 404, 'NoSuchBucket'],
    ['an unknown key', 'GET', '/box/k', {}, 404, 'NoSuchKey'],
    ['a bad bucket name', 'PUT', '/B_', {}, 400, 'InvalidBucketName'],
    ['a bucket that is there', 'PUT', '/box', {}, 409, 'BucketAlreadyOwnedByYou'],
    ['a wrong key', 'GET', '/box/k', { secretAccessKey: 'x' }, 403, 'SignatureDoesNotMatch'],
    ['an unknown user', 'GET', '/box/k', { accessKeyId: 'x' }, 403, 'InvalidAccessKeyId'],
    ['another region', 'GET', '/box/k', { region: 'mars-1' }, 400, 'AuthorizationHeaderMalformed'],
    ['a late request', 'GET', '/box/k', { signedAt: Date.now() - 3_600_000 }, 403, 'RequestTimeTooSkewed'],
    ['a session token', 'GET', '/box/k', { headers: { 'x-amz-security-token': 't' } }, 400, 'InvalidToken'],
    [
      'a changed body',
      'PUT',
      '/box/k',
      { body: 'x', payloadHash: 'a'.repeat(64) },
      400,
      'XAmzContentSHA256Mismatch',
    ],
    ['an unknown payload', 'PUT', '/box/k', { body: 'x', payloadHash: 'WHATEVER' }, 400, 'InvalidArgument'],
    ['a wrong MD5', 'PUT', '/box/k', { body: 'x', headers: { 'content-md5': md5('y') } }, 400, 'BadDigest'],
    ['a bad MD5', 'PUT', '/box/k', { body: 'x', headers: { 'content-md5': 'eA==' } }, 400, 'InvalidDigest'],
    [
      'a wrong checksum',
      'PUT',
      '/box/k',
      { body: 'x', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } },
      400,
      'BadDigest',
    ],
    ['a long key', 'PUT', `/box/${'k'.repeat(1025)}`, { body: 'x' }, 400, 'KeyTooLongError'],
    [
      'much metadata',
      'PUT',
      '/box/k',
      { headers: { 'x-amz-meta-a': 'x'.repeat(2048) } },
      400,
      'MetadataTooLarge',
    ],
    ['a part of the API that is not there', 'GET', '/box/k', { query: { acl: '' } }, 501, 'NotImplemented'],
    [
      'a delete without a list',
      'POST',
      '/box',
      { query: { delete: '' }, body: '<Delete/>' },
      400,
      'MalformedXML',
    ],
    [
      'an unknown upload',
      'PUT',
      '/box/k',
      { query: { uploadId: 'x', partNumber: '1' } },
      404,
      'NoSuchUpload',
    ],
    ['broken chunks', 'PUT', '/box/k', chunked('5\r\nhello0\r\n'), 400, 'IncompleteBody'],
    ['chunks that end early', 'PUT', '/box/k', chunked('5\r\nhello\r\n'), 400, 'IncompleteBody'],
    ['fewer bytes than announced', 'PUT', '/box/k', chunked('2\r\nhe\r\n0\r\n\r\n'), 400, 'IncompleteBody'],
    ['a missing trailer', 'PUT', '/box/k', chunked('5\r\nhello\r\n0\r\n\r\n'), 400, 'MalformedTrailerError'],
    [
      'a wrong trailer',
      'PUT',
      '/box/k',
      chunked('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n'),
      400,
      'BadDigest',
    ],
  ])('%s', async (_, method, path, options, status, code) => {
    const response = await bucket.call(method, path, options);
    expect([response.status, await errorCode(response)]).toEqual([status, code]);
    expect((await bucket.call('HEAD', '/box/k')).status).toBe(404);
    expect(await dataFiles()).toEqual([]);
  });

  it('a bucket with objects is not deleted', async () => {
    await bucket.call('PUT', '/box/k', { body: 'x' });
    expect(await errorCode(await bucket.call('DELETE', '/box'))).toBe('BucketNotEmpty');
    await bucket.call('DELETE', '/box/k');
    expect((await bucket.call('DELETE', '/box')).status).toBe(204);
    expect((await bucket.call('HEAD', '/box')).status).toBe(404);
  });

  it('an upload of unknown length', async () => {
    const { url, headers } = signRequest(bucket.url, 'PUT', '/box/k', { payloadHash: 'UNSIGNED-PAYLOAD' });
    const body = new Blob(['x']).stream();
    const response = await fetch(url, { method: 'PUT', headers, body, duplex: 'half' });
    expect([response.status, await errorCode(response)]).toEqual([411, 'MissingContentLength']);
  });
});

function chunked(body: string): BucketCall {
  return {
    body,
    payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    headers: { 'x-amz-decoded-content-length': '5', 'x-amz-trailer': 'x-amz-checksum-crc32' },
  };
}

it('takes chunks with a checksum behind them', async () => {
  const body = '3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n';
  const put = await bucket.call('PUT', '/box/k', chunked(body));
  expect([put.status, put.headers.get('x-amz-checksum-crc32')]).toEqual([200, 'NhCmhg==']);
  const get = await bucket.call('GET', '/box/k', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  expect([await get.text(), get.headers.get('x-amz-checksum-crc32')]).toEqual(['hello', 'NhCmhg==']);
});

it('keeps nothing of an upload whose connection broke', async () => {
  const { url, headers } = signRequest(bucket.url, 'PUT', '/box/k', { payloadHash: 'UNSIGNED-PAYLOAD' });
  const broken = httpRequest(url, { method: 'PUT', headers: { ...headers, 'content-length': 100_000 } });
  broken.on('error', () => undefined);
  broken.write('x'.repeat(50_000));
  await expect.poll(dataFiles, patient).toHaveLength(1);
  broken.destroy();
  await expect.poll(dataFiles, patient).toEqual([]);
  expect((await bucket.call('HEAD', '/box/k')).status).toBe(404);
});

it('gives back headers and metadata, and other headers on request', async () => {
  const headers = { 'content-type': 'text/x', 'cache-control': 'no-store', 'x-amz-meta-run': 'r1' };
  await bucket.call('PUT', '/box/k', {
    body: 'x',
    headers: { ...headers, 'content-encoding': 'aws-chunked,gzip' },
  });
  const head = await bucket.call('HEAD', '/box/k');
  expect(Object.fromEntries(head.headers)).toMatchObject({
    ...headers,
    'content-encoding': 'gzip',
    'content-length': '1',
  });
  const other = await bucket.call('HEAD', '/box/k', { query: { 'response-content-type': 'text/y' } });
  expect(other.headers.get('content-type')).toBe('text/y');
});

it.each<[string, Record<string, string>, number]>([
  ['If-Match', { 'if-match': '"9dd4e461268c8034f5c8564e155c67a6"' }, 200],
  ['If-Match of another', { 'if-match': '"x"' }, 412],
  ['If-None-Match', { 'if-none-match': '"9dd4e461268c8034f5c8564e155c67a6"' }, 304],
  ['If-None-Match of another', { 'if-none-match': '"x"' }, 200],
  [
    'If-Modified-Since',
    {
      // Soon, seen from when the row runs: a time that is over by then is older than the object.
      get 'if-modified-since'() {
        return new Date(Date.now() + 9000).toUTCString();
      },
    },
    304,
  ],
  ['If-Unmodified-Since', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 412],
  ['a range', { range: 'bytes=0-0' }, 206],
  ['a range outside', { range: 'bytes=1-' }, 416],
])('reads with %s', async (_, headers, status) => {
  await bucket.call('PUT', '/box/k', { body: 'x' });
  expect((await bucket.call('GET', '/box/k', { headers })).status).toBe(status);
});

it('puts an object only where none is, also when several try at once', async () => {
  const tries = Array.from({ length: 8 }, (_, index) =>
    bucket.call('PUT', '/box/k', { body: `body ${index}`, headers: { 'if-none-match': '*' } }),
  );
  const statuses = (await Promise.all(tries)).map((response) => response.status);
  expect(statuses.toSorted((left, right) => left - right)).toEqual([200, ...Array<number>(7).fill(412)]);
  expect(await dataFiles()).toHaveLength(1);
});

it('lets a reader finish when the object is replaced meanwhile', async () => {
  const old = 'o'.repeat(20_000_000);
  await bucket.call('PUT', '/box/k', { body: old });
  const reading = await bucket.call('GET', '/box/k');
  await bucket.call('PUT', '/box/k', { body: 'new' });
  await bucket.call('DELETE', '/box/k');
  expect((await reading.text()).length).toBe(old.length);
  await expect.poll(dataFiles, patient).toEqual([]);
});

it('copies, with the old or new metadata', async () => {
  const source = { 'x-amz-copy-source': '/box/a%20%2B' };
  await bucket.call('PUT', '/box/a%20%2B', { body: 'text', headers: { 'x-amz-meta-a': '1' } });
  expect((await bucket.call('PUT', '/box/copy', { headers: source })).status).toBe(200);
  const replace = { ...source, 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-b': '2' };
  await bucket.call('PUT', '/box/other', { headers: replace });
  await bucket.call('DELETE', '/box/a%20%2B');
  const copy = await bucket.call('GET', '/box/copy');
  expect([await copy.text(), copy.headers.get('x-amz-meta-a')]).toEqual(['text', '1']);
  const other = await bucket.call('HEAD', '/box/other');
  expect([other.headers.get('x-amz-meta-a'), other.headers.get('x-amz-meta-b')]).toEqual([null, '2']);
  expect(await errorCode(await bucket.call('PUT', '/box/x', { headers: source }))).toBe('NoSuchKey');
});

it('keeps keys apart that a file system would not', async () => {
  const keys = ['a', 'a/', 'a//b', 'A', '.hidden', '%2E', 'ü', 'a b+c', 'x'.repeat(1024)];
  const path = (key: string): string => `/box/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
  for (const key of keys) expect((await bucket.call('PUT', path(key), { body: key })).status).toBe(200);
  for (const key of keys) expect(await (await bucket.call('GET', path(key))).text()).toBe(key);
});
