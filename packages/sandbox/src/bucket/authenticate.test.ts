import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

import { startServer } from '../registry/testing/test-server.ts';
import { authenticate } from './authenticate.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import { createBucketHandler } from './handler.ts';
import { S3Error } from './s3-error.ts';
import { parseS3Request, type S3Request } from './s3-request.ts';
import { testCredentials as credentials } from './testing/test-bucket.ts';

// Requests and signatures are the examples of the Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
const now = Date.UTC(2013, 4, 24);
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';

function request(method: string, url: string, headers: Record<string, string>): S3Request {
  return parseS3Request({ method, url, headers } as unknown as IncomingMessage);
}

function authorization(signedHeaders: string, signature: string): string {
  return `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

const getObject = (changes: Record<string, string> = {}): S3Request =>
  request('GET', '/test.txt', {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': '20130524T000000Z',
    authorization: authorization(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
    ...changes,
  });

const presigned = (changes: Record<string, string> = {}): S3Request => {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': scope,
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ...changes,
  });
  return request('GET', `/test.txt?${query}`, { host: 'examplebucket.s3.amazonaws.com' });
};

const chunkedHeaders = {
  host: 's3.amazonaws.com',
  'content-encoding': 'aws-chunked',
  'content-length': '66824',
  'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'x-amz-date': '20130524T000000Z',
  'x-amz-decoded-content-length': '66560',
  'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  authorization: authorization(
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
    '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  ),
};

describe('signatures of the S3 reference', () => {
  it.each<[string, S3Request]>([
    ['GET with a range', getObject()],
    [
      'PUT',
      request('PUT', '/test%24file.text', {
        host: 'examplebucket.s3.amazonaws.com',
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        authorization: authorization(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      }),
    ],
    [
      'a parameter without a value',
      request('GET', '/?lifecycle', {
        host: 'examplebucket.s3.amazonaws.com',
        'x-amz-date': '20130524T000000Z',
        'x-amz-content-sha256': emptyHash,
        authorization: authorization(
          'host;x-amz-content-sha256;x-amz-date',
          'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        ),
      }),
    ],
    [
      'several parameters',
      request('GET', '/?max-keys=2&prefix=J', {
        host: 'examplebucket.s3.amazonaws.com',
        'x-amz-date': '20130524T000000Z',
        'x-amz-content-sha256': emptyHash,
        authorization: authorization(
          'host;x-amz-content-sha256;x-amz-date',
          '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        ),
      }),
    ],
    ['a presigned URL', presigned()],
    ['the head of a chunked upload', request('PUT', '/examplebucket/chunkObject.txt', chunkedHeaders)],
  ])('%s', (_, signed) => {
    expect(authenticate(signed, credentials, now).claim.accessKeyId).toBe(credentials.accessKeyId);
  });

  it.each([
    ['as they are', 'a'.repeat(65_536), undefined],
    ['with a changed byte', `${'a'.repeat(65_535)}b`, 'SignatureDoesNotMatch'],
  ])('chunks of an upload %s', async (_, first, code) => {
    const signedBy = authenticate(
      request('PUT', '/examplebucket/chunkObject.txt', chunkedHeaders),
      credentials,
      now,
    );
    const wire = [
      '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
      `${first}\r\n`,
      '400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
      `${'a'.repeat(1024)}\r\n`,
      '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
    ].join('');
    const read = async (): Promise<number> => {
      let length = 0;
      for await (const piece of decodeChunkedBody(inPieces(wire, 1000), { signedBy }).content)
        length += piece.length;
      return length;
    };
    if (code === undefined) expect(await read()).toBe(66_560);
    else await expect(read()).rejects.toMatchObject({ problem: { status: 403, code } });
  });
});

// The example of "Signature Calculations: Including Trailing Headers".
it.each([
  ['as it is', 'sOO8/Q==', undefined],
  ['changed', 'sOO8/A==', 'SignatureDoesNotMatch'],
])('a signed trailer %s', async (_, checksum, code) => {
  const { claim, signingKey } = authenticate(presigned(), credentials, now);
  const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
  const wire = [
    '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n',
    `${'a'.repeat(65_536)}\r\n`,
    '400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n',
    `${'a'.repeat(1024)}\r\n`,
    '0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
    `x-amz-checksum-crc32c:${checksum}\r\n`,
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
  ].join('');
  const signedBy = { signingKey, claim: { ...claim, signature: seed } };
  const body = decodeChunkedBody(inPieces(wire, 777), { signedBy });
  const read = async (): Promise<void> => {
    for await (const piece of body.content) expect(piece.length).toBeGreaterThan(0);
  };
  if (code !== undefined)
    return await expect(read()).rejects.toMatchObject({ problem: { status: 403, code } });
  await read();
  expect(body.trailers.get('x-amz-checksum-crc32c')).toBe(checksum);
});

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += size) yield Buffer.from(text.slice(start, start + size));
}

describe('refusals', () => {
  const day = 86_400_000;
  it.each<[string, S3Request, number, string, number?]>([
    ['no signature', request('GET', '/b/k', { host: 'h' }), 403, 'AccessDenied'],
    ['another scheme', getObject({ authorization: 'AWS key:signature' }), 400, 'InvalidRequest'],
    [
      'a header in pieces',
      getObject({ authorization: 'AWS4-HMAC-SHA256 x' }),
      400,
      'AuthorizationHeaderMalformed',
    ],
    ['a changed header', getObject({ range: 'bytes=0-10' }), 403, 'SignatureDoesNotMatch'],
    [
      'a changed payload hash',
      getObject({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
      403,
      'SignatureDoesNotMatch',
    ],
    ['a header added on the way', getObject({ 'x-amz-acl': 'public-read' }), 403, 'AccessDenied'],
    ['no payload hash', getObject({ 'x-amz-content-sha256': undefined as never }), 400, 'InvalidRequest'],
    [
      'a date of another day',
      getObject({ 'x-amz-date': '20130525T000000Z' }),
      400,
      'AuthorizationHeaderMalformed',
    ],
    ['a clock 16 minutes behind', getObject(), 403, 'RequestTimeTooSkewed', now + 16 * 60_000],
    ['a clock 16 minutes ahead', getObject(), 403, 'RequestTimeTooSkewed', now - 16 * 60_000],
    ['an expired URL', presigned(), 403, 'AccessDenied', now + day + 1000],
    ['a URL of the future', presigned(), 403, 'AccessDenied', now - 16 * 60_000],
    ['a longer life than signed', presigned({ 'X-Amz-Expires': '86401' }), 403, 'SignatureDoesNotMatch'],
    ['more than a week', presigned({ 'X-Amz-Expires': '604801' }), 400, 'AuthorizationQueryParametersError'],
    ['no life at all', presigned({ 'X-Amz-Expires': '0' }), 400, 'AuthorizationQueryParametersError'],
    [
      'a life that is no number',
      presigned({ 'X-Amz-Expires': '1h' }),
      400,
      'AuthorizationQueryParametersError',
    ],
    ['an added parameter', presigned({ 'response-content-type': 'text/html' }), 403, 'SignatureDoesNotMatch'],
    [
      'another key id',
      presigned({ 'X-Amz-Credential': scope.replace('AKIA', 'XXXX') }),
      403,
      'InvalidAccessKeyId',
    ],
    [
      'another region',
      presigned({ 'X-Amz-Credential': scope.replace('us-east-1', 'eu-west-1') }),
      400,
      'AuthorizationQueryParametersError',
    ],
  ])('%s', (_, signed, status, code, at = now) => {
    const refused = (() => {
      try {
        return authenticate(signed, credentials, at);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(S3Error);
    expect(refused).toMatchObject({ problem: { status, code } });
  });

  it('never shows the secret', () => {
    try {
      authenticate(getObject({ range: 'x' }), credentials, now);
    } catch (error) {
      expect(JSON.stringify((error as S3Error).problem)).not.toContain(credentials.secretAccessKey);
    }
    expect.assertions(1);
  });
});

it.each([
  [true, 404, 'NoSuchBucket'],
  [false, 403, 'AccessDenied'],
])('a signed URL is for those who are trusted: %s', async (isTrusted, status, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'kanikit-signed-'));
  const handler = createBucketHandler({
    folder,
    ...credentials,
    now: () => now,
    isTrusted: () => Promise.resolve(isTrusted),
  });
  await using server = await startServer(handler);
  const { path, query } = presigned();
  const sent = ask(
    `${server.url}${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`,
    {
      headers: { host: 'examplebucket.s3.amazonaws.com' },
    },
  ).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(status);
  expect(await text(response)).toContain(`<Code>${code}</Code>`);
  rmSync(folder, { recursive: true });
});
