import { createSampleArchive } from '@kanikit/contexts/contract';
import { createS3Store, type S3StoreOptions } from '@kanikit/contexts/s3';
import { type ContextStore, isKanikitError, type RunContext, type UploadOptions } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FaultProxy, type FaultRule, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';

let server: Versitygw;
let proxy: FaultProxy;

beforeAll(async () => {
  server = await startVersitygw();
  proxy = await startFaultProxy({ target: server.url });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
afterEach(() => proxy.forget());

function storeWith(changes: Partial<S3StoreOptions> = {}): ContextStore {
  const { bucket, region, credentials } = server;
  return createS3Store({ endpoint: proxy.url, bucket, region, credentials, ...changes });
}

const options: UploadOptions = {
  runId: 'run',
  buildIds: ['build'],
  delivery: 'bucket-url',
  lifetimeMs: 60_000,
  keepMs: undefined,
};
const runWith = (signal: AbortSignal = new AbortController().signal): RunContext => ({
  signal,
  now: Date.now,
});
const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const upload = async (seeds: readonly number[], store: ContextStore = storeWith()) =>
  await store.upload(createSampleArchive(seeds), options, runWith());

/** Requests by what they do. */
const is = {
  check: ({ method, path }: SeenRequest) => method === 'POST' && path.includes('.kanikit-check'),
  small: ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('/runs/run/build'),
  part: ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('/parts/'),
  listing: ({ method, path }: SeenRequest) => method === 'GET' && path.includes('list-type'),
  copy: ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('partNumber'),
  start: ({ method, path }: SeenRequest) => method === 'POST' && path.endsWith('?uploads='),
  completion: ({ method, path }: SeenRequest) => method === 'POST' && path.includes('uploadId'),
};
const error = (status: number, code: string): FaultRule['fault'] => ({
  kind: 'answer',
  status,
  body: `<Error><Code>${code}</Code><Message>words</Message></Error>`,
});
const large = [1, 2, 3, 4];
/** A part that was on the way when it broke is sent twice. */
const largestPartBytes = 5_500_000;

describe('refused before anything is sent', () => {
  test.each<[what: string, changes: Partial<S3StoreOptions>, code: string]>([
    ['a wrong bucket', { bucket: 'no-such-bucket' }, 'bucket-missing'],
    [
      'a wrong key',
      { credentials: { accessKeyId: 'versity-root', secretAccessKey: 'wrong-one' } },
      'bucket-denied',
    ],
    [
      'an unknown key',
      { credentials: { accessKeyId: 'nobody', secretAccessKey: 'wrong-one' } },
      'bucket-denied',
    ],
    ['another region', { region: 'mars-1' }, 'bucket-unreachable'],
    ['a server that is not there', { endpoint: 'http://user:wrong-one@127.0.0.1:9' }, 'bucket-unreachable'],
    ['a server that speaks no TLS', { endpoint: 'https://127.0.0.1:9' }, 'bucket-unreachable'],
  ])('%s', async (_what, changes, code) => {
    // A proxy that takes a body which the server refuses may lose the refusal.
    const store = storeWith({ endpoint: server.url, ...changes });
    for (const act of [() => store.check(runWith()), () => upload([1], store), () => upload(large, store)]) {
      const failure = await failureOf(act());
      expect(isKanikitError(failure) && failure.code).toBe(code);
      expect(isKanikitError(failure) && failure.hint).toMatch(/\w/);
      expect(`${String(failure)} ${String((failure as Error).cause)}`).not.toContain('wrong-one');
    }
    expect(await server.list()).toEqual([]);
  });
});

describe('bursts of trouble are ridden out', () => {
  const troubles: readonly [string, FaultRule['fault']][] = [
    ['503 SlowDown', error(503, 'SlowDown')],
    ['500 InternalError', error(500, 'InternalError')],
    ['a reset', { kind: 'drop' }],
    ['a lost answer', { kind: 'lose-answer' }],
    ['a request cut in the middle', { kind: 'cut', of: 'request', afterBytes: 1 }],
  ];
  const requests: readonly [string, (request: SeenRequest) => boolean, readonly number[]][] = [
    ['a small archive', is.small, [1]],
    ['a part', is.part, large],
    ['the listing', is.listing, large],
    ['a copy', is.copy, large],
    ['the start of putting together', is.start, large],
    ['its end', is.completion, large],
  ];
  const table = troubles.flatMap(([trouble, fault]) =>
    requests.map(([what, when, seeds]) => ({ trouble, fault, what, when, seeds })),
  );
  test.each(table)('$trouble at $what', async ({ fault, when, seeds }) => {
    proxy.add({ fault, when, times: 2 });
    const stored = await upload(seeds);
    await stored.remove(runWith());
    expect(await server.list()).toEqual([]);
  });
});

test('a lost answer to the end of a question', async () => {
  const isEnd = ({ method, path }: SeenRequest) => method === 'DELETE' && path.includes('.kanikit-check');
  proxy.add({ fault: { kind: 'lose-answer' }, when: isEnd });
  await storeWith().check(runWith());
  expect(proxy.requests.filter(isEnd).length).toBe(2);
  expect(await server.list()).toEqual([]);
});

test('a lost answer of a server that knows the upload no longer', async () => {
  proxy.add({ fault: { kind: 'lose-answer' }, when: is.completion });
  proxy.add({ fault: error(404, 'NoSuchUpload'), when: is.completion });
  await (await upload(large)).remove(runWith());
  expect(await server.list()).toEqual([]);
});

describe('trouble that stays', () => {
  // Parts that one case leaves must not help the next.
  let seed = 100;
  test.each<[what: string, rule: FaultRule, code: string, isRetryable: boolean]>([
    ['no right to put', { fault: error(403, 'AccessDenied'), when: is.part }, 'bucket-denied', false],
    ['no right to copy', { fault: error(403, 'AccessDenied'), when: is.copy }, 'bucket-denied', false],
    [
      'a full disk',
      { fault: error(507, 'InsufficientStorage'), when: is.part },
      'bucket-upload-failed',
      true,
    ],
    [
      'a copy that the server lacks',
      { fault: error(501, 'NotImplemented'), when: is.copy },
      'bucket-upload-failed',
      false,
    ],
    [
      'an end that fails',
      { fault: error(500, 'InternalError'), when: is.completion },
      'bucket-upload-failed',
      true,
    ],
    ['a server that goes away', { fault: { kind: 'drop' }, when: is.part }, 'bucket-unreachable', true],
  ])('%s', async (_what, rule, code, isRetryable) => {
    seed += 4;
    const parts = [seed, seed + 1, seed + 2, seed + 3];
    proxy.add({ ...rule, times: Infinity });
    const failure = await failureOf(upload(parts));
    expect(isKanikitError(failure) && [failure.code, failure.retryable]).toEqual([code, isRetryable]);
    proxy.forget();
    // Parts are left for the next attempt, which takes them; neither an archive nor an open upload is.
    expect((await server.list()).filter((key) => !key.includes('/parts/'))).toEqual([]);
    await (await upload(parts)).remove(runWith());
    expect((await server.list()).filter((key) => !key.includes('/parts/'))).toEqual([]);
  });
});

test('an upload that broke goes on where it stopped, on another machine, too', async () => {
  const seeds = [61, 62, 63, 64, 65, 66, 67, 68];
  const total = createSampleArchive(seeds).bytes.length;
  proxy.add({ fault: { kind: 'drop' }, when: is.part, after: 5, times: Infinity });
  await failureOf(upload(seeds));
  const sentBefore = bytesPut();
  expect((await server.list()).filter((key) => key.startsWith('upload'))).toEqual([]);
  proxy.forget();
  const stored = await upload(seeds);
  expect(bytesPut()).toBe(stored.sentBytes);
  expect(stored.sentBytes).toBeLessThanOrEqual(total - 5 * 5_242_880);
  expect(sentBefore + stored.sentBytes).toBeLessThanOrEqual(total + 2 * largestPartBytes);
  await stored.remove(runWith());
});

test('a slow server is waited for', async () => {
  proxy.add({ fault: { kind: 'slow', of: 'request', bytesPerSecond: 4_000_000 }, when: is.part, times: 1 });
  proxy.add({ fault: { kind: 'delay', ms: 500 }, times: Infinity });
  await (await upload([1, 2])).remove(runWith());
});

test.each([
  ['a part', is.part],
  ['the end', is.completion],
])('an abort while the server is silent at %s ends soon, and leaves nothing', async (_what, when) => {
  const before = await server.list();
  proxy.add({ fault: { kind: 'stall', of: 'request', afterBytes: 0 }, when, times: Infinity });
  const controller = new AbortController();
  const reason = new Error('the user left');
  const uploading = failureOf(
    storeWith().upload(createSampleArchive([71, 72, 73]), options, runWith(controller.signal)),
  );
  await expect.poll(() => proxy.requests.some(when), { timeout: 20_000 }).toBe(true);
  const abortedAt = Date.now();
  controller.abort(reason);
  expect(await uploading).toBe(reason);
  expect(Date.now() - abortedAt).toBeLessThan(3000);
  expect(await server.list()).toEqual(before);
});

test('what is stored is what was hashed: other bytes are refused by the server', async () => {
  const archive = createSampleArchive([1]);
  const tampered = {
    ...archive,
    parts: (async function* () {
      for await (const part of archive.parts)
        yield { ...part, read: () => Promise.resolve(Buffer.alloc(part.sizeBytes)) };
    })(),
  };
  const failure = await failureOf(storeWith().upload(tampered, options, runWith()));
  expect(String(failure)).toMatch(/sha256/i);
});

function bytesPut(): number {
  return proxy.requests
    .filter((seen) => is.part(seen) && seen.status === 200)
    .reduce((sum, seen) => sum + seen.requestBytes, 0);
}
