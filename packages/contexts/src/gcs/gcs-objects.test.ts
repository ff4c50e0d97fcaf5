import { createHash } from 'node:crypto';
import { isKanikitError } from '@kanikit/spec';
import { temporaryFolder } from '@kanikit/testing';
import { afterEach, expect, test, vi } from 'vitest';
import type { ObjectStore, StoredObject } from '../store/object-store.ts';
import { createGcsObjects } from './gcs-objects.ts';
import { loadWithoutPauses } from './load-without-pauses.test.helper.ts';
import { apiError, type ScriptedAnswer, startScriptedGcs } from './scripted-gcs.test.helper.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const { signal } = new AbortController();
const options = { metadata: { 'kanikit-run': 'r' }, signal };

function objectsAt(endpoint: string): ObjectStore {
  return createGcsObjects(() => loadWithoutPauses({ endpoint }), { endpoint }, 'builds');
}

const sourcesOf = (count: number): readonly StoredObject[] =>
  Array.from({ length: count }, (_, index) => ({ key: `part ${index}`, sizeBytes: 1, modifiedMs: 0 }));

test('an object is put in one request, with its hash', async () => {
  const { requests, url } = await startScriptedGcs(() => ({}));
  await objectsAt(url).put('a/b ü?#', Buffer.from('bytes\r\n--'), options);
  const [request] = requests;
  expect(requests.length).toBe(1);
  expect(request).toMatchObject({ method: 'POST', path: '/upload/storage/v1/b/builds/o' });
  const boundary = /boundary=(.+)$/.exec(request!.headers['content-type'] ?? '')?.[1];
  const [, metadata, content, end] = request!.body.toString().split(`--${boundary}`);
  expect(JSON.parse(metadata!.split('\r\n\r\n')[1]!)).toEqual({
    name: 'a/b ü?#',
    contentType: 'application/gzip',
    metadata: { 'kanikit-run': 'r' },
    md5Hash: createHash('md5').update('bytes\r\n--').digest('base64'),
  });
  expect(content).toBe('\r\ncontent-type: application/gzip\r\n\r\nbytes\r\n--\r\n');
  expect(end).toBe('--');
});

test.each([1, 32, 33, 100, 1025])(
  '%i sources are composed in their order, in groups of 32',
  async (count) => {
    const contents = new Map<string, string>();
    const { requests, url } = await startScriptedGcs(({ method, path, body }) => {
      const key = decodeURIComponent(path.replace('/storage/v1/b/builds/o/', '').replace(/\/compose$/, ''));
      if (method === 'DELETE') {
        contents.delete(key);
        return { status: 204 };
      }
      const { sourceObjects } = JSON.parse(body.toString()) as { sourceObjects: readonly { name: string }[] };
      if (sourceObjects.length > 32) return apiError(400, 'too many');
      contents.set(key, sourceObjects.map(({ name }) => contents.get(name) ?? `${name},`).join(''));
      return {};
    });
    await objectsAt(url).concat('whole', sourcesOf(count), options);
    expect([...contents]).toEqual([
      [
        'whole',
        sourcesOf(count)
          .map(({ key }) => `${key},`)
          .join(''),
      ],
    ]);
    expect(requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  },
);

test.each<[what: string, answer: ScriptedAnswer, code: string]>([
  ['a part is gone', apiError(404, 'Object part 7 (generation: 0) not found.'), 'bucket-object-missing'],
  ['there is no bucket', apiError(404, 'The specified bucket does not exist.'), 'bucket-missing'],
  ['it may not be', apiError(403, 'builder does not have storage.objects.create access'), 'bucket-denied'],
])('putting together while %s leaves nothing in between', async (_what, answer, code) => {
  const made = new Set<string>();
  const { url } = await startScriptedGcs(({ method, path }) => {
    if (method === 'DELETE') made.delete(path);
    else if (path.endsWith('.1/compose')) return answer;
    else made.add(path.replace(/\/compose$/, ''));
    return {};
  });
  await expect(objectsAt(url).concat('whole', sourcesOf(100), options)).rejects.toMatchObject({ code });
  expect([...made]).toEqual([]);
});

test('a listing comes page by page; without the right to list there is none', async () => {
  const { url } = await startScriptedGcs(({ query }) => {
    const page = Number(query.get('pageToken') ?? 0);
    const items = [{ name: `a/${page}`, size: '5', updated: '2026-11-25T00:00:00.000Z' }];
    return { body: { items, ...(page < 2 && { nextPageToken: String(page + 1) }) } };
  });
  const modifiedMs = Date.UTC(2026, 10, 25);
  expect(await objectsAt(url).list('a/', signal)).toEqual(
    ['a/0', 'a/1', 'a/2'].map((key) => ({ key, sizeBytes: 5, modifiedMs })),
  );
  const denied = await startScriptedGcs(() => apiError(403, 'no storage.objects.list access'));
  expect(await objectsAt(denied.url).list('a/', signal)).toBeUndefined();
  expect(await objectsAt(denied.url).stat('a/0', signal)).toBeUndefined();
});

test.each<
  [what: string, answer: ScriptedAnswer | undefined, code: string, isRetryable: boolean, words: RegExp]
>([
  [
    'no bucket',
    apiError(404, 'The specified bucket does not exist.'),
    'bucket-missing',
    false,
    /no such bucket/,
  ],
  ['no right', apiError(403, 'no storage.objects.create access'), 'bucket-denied', false, /objects\.create/],
  ['no account', apiError(401, 'Invalid Credentials'), 'bucket-denied', false, /Invalid Credentials/],
  ['a hash that differs', apiError(400, 'Provided MD5 hash differs'), 'bucket-upload-failed', false, /MD5/],
  [
    'a page of a proxy',
    { status: 413, body: '<html>Too\nlarge</html>' },
    'bucket-upload-failed',
    false,
    /413/,
  ],
  ['no answer', undefined, 'bucket-unreachable', true, /can't be reached/],
])('%s is said so', async (_what, answer, code, isRetryable, words) => {
  const { url } = await startScriptedGcs(() => answer);
  const error = await objectsAt(url)
    .put('key', Buffer.from('bytes'), options)
    .catch((reason: unknown) => reason);
  if (!isKanikitError(error)) throw new Error(`not one of ours: ${String(error)}`);
  expect(error).toMatchObject({ code, retryable: isRetryable, hint: expect.stringMatching(/\w/) as string });
  expect(error.message).toMatch(words);
  expect(error.message).toContain(`gs://builds/key at ${url}`);
  expect(error.message).not.toContain('\n');
});

test('a burst of errors of the server is ridden out', async () => {
  let left = 3;
  const { requests, url } = await startScriptedGcs(() => (left-- > 0 ? apiError(503, 'busy') : {}));
  await objectsAt(url).put('key', Buffer.from('bytes'), options);
  expect(requests.length).toBe(4);
});

test('without credentials nothing is sent, and it is said how to get some', async () => {
  for (const name of ['HOME', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, temporaryFolder());
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  const objects = createGcsObjects(() => loadWithoutPauses({}), {}, 'builds');
  await expect(objects.put('key', Buffer.from('bytes'), options)).rejects.toMatchObject({
    code: 'bucket-denied',
    message: 'Uploading to gs://builds/key: there are no Google credentials.',
    hint: expect.stringContaining('gcloud auth application-default login') as string,
  });
});

test('an abort during a request ends with its reason, and nothing is tried again', async () => {
  const controller = new AbortController();
  const reason = new Error('the user left');
  const { requests, url } = await startScriptedGcs(() => {
    controller.abort(reason);
    return apiError(503, 'busy');
  });
  const putting = objectsAt(url).put('key', Buffer.from('bytes'), { ...options, signal: controller.signal });
  await expect(putting).rejects.toBe(reason);
  expect(requests.length).toBe(1);
});
