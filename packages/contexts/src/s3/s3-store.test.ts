import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { UploadOptions } from '@kanikit/spec';
import { expect, onTestFinished, test } from 'vitest';
import { testRun } from '../testing/read-archive.ts';
import { createS3Store } from './s3-store.ts';
import type { S3StoreOptions } from './s3-store-options.ts';

// A server that keeps what it is sent; the real protocol, signatures included, is proven in e2e against a whole bucket.
const secretAccessKey = 'the-secret-key';
const credentials = { accessKeyId: 'key', secretAccessKey };
const upload: UploadOptions = { runId: 'run', buildId: 'build', lifetimeMs: 60_000 };

interface Server {
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  readonly uploads: Set<string>;
  readonly requests: string[];
}

type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

async function startServer(intercept: Intercept = () => false): Promise<Server> {
  const state: Omit<Server, 'endpoint'> = { objects: new Map(), uploads: new Set(), requests: [] };
  const server = createServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    if (!intercept(request, response)) void answer(request, response, state);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => (server.closeAllConnections(), void server.close()));
  return { ...state, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { objects, uploads }: Omit<Server, 'endpoint'>,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://x');
  const body = await buffer(request).catch(() => undefined);
  if (body === undefined) return;
  const uploadId = url.searchParams.get('uploadId');
  if (request.method === 'POST' && uploadId === null) {
    uploads.add(url.pathname);
    response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
  } else if (request.method === 'POST') {
    uploads.delete(url.pathname);
    objects.set(url.pathname, Buffer.alloc(0));
    response.end('<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>');
  } else if (request.method === 'PUT') {
    if (uploadId === null) objects.set(url.pathname, body);
    response.setHeader('ETag', 'e').end();
  } else if (request.method === 'DELETE') {
    if (uploadId === null) objects.delete(url.pathname);
    else uploads.delete(url.pathname);
    response.writeHead(204).end();
  } else {
    const found = objects.get(url.pathname);
    response.writeHead(found === undefined ? 404 : 200, { 'content-length': found?.length ?? 0 }).end();
  }
}

async function* bytes(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += 1_000_000) yield Buffer.alloc(Math.min(1_000_000, sizeBytes - at));
}

const storeAt = (endpoint: string, options: Partial<S3StoreOptions> = {}): ReturnType<typeof createS3Store> =>
  createS3Store({ bucket: 'bucket', endpoint, credentials, ...options });
const errorXml = (code: string): string => `<Error><Code>${code}</Code><Message>words</Message></Error>`;

test.each([1000, 30_000_000])('%i bytes arrive and are removed again', async (sizeBytes) => {
  const server = await startServer();
  const progress: number[] = [];
  const stored = await storeAt(server.endpoint).upload(
    bytes(sizeBytes),
    { ...upload, onProgress: (sent) => progress.push(sent) },
    testRun(),
  );
  expect(stored).toMatchObject({
    sizeBytes,
    isReused: false,
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
  });
  expect(progress.at(-1)).toBe(sizeBytes);
  expect([...server.objects.keys()]).toEqual(['/bucket/kanikit/runs/run/build.tar.gz']);
  await stored.remove(testRun());
  expect(server.objects.size).toBe(0);
});

test('an http endpoint is delivered as a bucket URL, the keys apart', async () => {
  const server = await startServer();
  const { delivery } = await storeAt(server.endpoint, { region: 'eu-1' }).upload(bytes(1), upload, testRun());
  expect(delivery).toMatchObject({
    context: 's3://bucket/kanikit/runs/run/build.tar.gz',
    isSecret: false,
    env: { AWS_REGION: 'eu-1', S3_ENDPOINT: server.endpoint, S3_FORCE_PATH_STYLE: 'true' },
    secretEnv: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
});

test('an https endpoint is delivered as a signed URL, which is a secret, for the host that pods ask', async () => {
  const server = await startServer();
  const store = storeAt(server.endpoint, {
    podEndpoint: 'https://pods.example',
    certificateAuthorities: 'PEM',
  });
  const { delivery } = await store.upload(bytes(1), { ...upload, lifetimeMs: 30 * 86_400_000 }, testRun());
  expect(delivery).toMatchObject({ isSecret: true, secretEnv: {}, env: {}, certificateAuthorities: 'PEM' });
  const url = new URL(delivery.context);
  expect(url.host + url.pathname).toBe('pods.example/bucket/kanikit/runs/run/build.tar.gz');
  expect(url.searchParams.get('X-Amz-Expires')).toBe(String(7 * 86_400));
});

test('a store that keeps its objects sends the same bytes once', async () => {
  const server = await startServer();
  const store = storeAt(server.endpoint, { isKept: true, prefix: '' });
  const first = await store.upload(bytes(5), upload, testRun());
  const second = await store.upload(bytes(5), { ...upload, buildId: 'other' }, testRun());
  expect([first.isReused, second.isReused]).toEqual([false, true]);
  await second.remove(testRun());
  expect([...server.objects.keys()]).toEqual([`/bucket/${first.digest.slice('sha256:'.length)}.tar.gz`]);
});

test.each([1000, 30_000_000])(
  'an archive of %i bytes that breaks passes its error and leaves nothing',
  async (sizeBytes) => {
    const server = await startServer();
    const reason = new Error('a file changed');
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield* bytes(sizeBytes);
      throw reason;
    };
    await expect(storeAt(server.endpoint).upload(broken(), upload, testRun())).rejects.toBe(reason);
    expect([server.objects.size, server.uploads.size]).toEqual([0, 0]);
  },
);

test.each<[when: string, method: string, mark: string, sizeBytes: number]>([
  ['the single request', 'PUT', '', 1000],
  ['the start of a multipart upload', 'POST', 'uploads', 30_000_000],
  ['a part', 'PUT', 'partNumber=2', 30_000_000],
  ['the completion', 'POST', 'uploadId', 30_000_000],
])('an abort during %s ends with its reason and leaves nothing', async (_when, method, mark, sizeBytes) => {
  const controller = new AbortController();
  const reason = new Error('the user left');
  const server = await startServer((request) => {
    if (request.method === method && request.url?.includes(mark) === true) controller.abort(reason);
    return false;
  });
  const uploading = storeAt(server.endpoint).upload(bytes(sizeBytes), upload, testRun(controller.signal));
  await expect(uploading).rejects.toBe(reason);
  expect([server.objects.size, server.uploads.size]).toEqual([0, 0]);
});

test('an abort while the archive is silent ends at once', async () => {
  const server = await startServer();
  const controller = new AbortController();
  const reason = new Error('the user left');
  const silent = async function* (): AsyncGenerator<Uint8Array> {
    yield* bytes(20_000_000);
    setImmediate(() => controller.abort(reason));
    await new Promise(() => {});
  };
  const uploading = storeAt(server.endpoint).upload(silent(), upload, testRun(controller.signal));
  await expect(uploading).rejects.toBe(reason);
  expect([server.objects.size, server.uploads.size]).toEqual([0, 0]);
});

test.each<[answer: string, status: number, body: string, code: string, isRetryable: boolean]>([
  ['no bucket', 404, errorXml('NoSuchBucket'), 'bucket-missing', false],
  ['access denied', 403, errorXml('AccessDenied'), 'bucket-denied', false],
  ['a wrong key', 403, errorXml('SignatureDoesNotMatch'), 'bucket-denied', false],
  ['another region', 301, errorXml('PermanentRedirect'), 'bucket-unreachable', false],
  ['a full disk', 507, errorXml('InsufficientStorage'), 'bucket-upload-failed', true],
  ['no XML at all', 400, 'nginx', 'bucket-upload-failed', false],
])('%s is said so, for the check, a request and a part', async (_answer, status, body, code, isRetryable) => {
  const server = await startServer((request, response) => {
    if (request.method === 'DELETE') return false;
    request.resume();
    response.writeHead(status).end(body);
    return true;
  });
  const store = storeAt(server.endpoint);
  for (const act of [
    () => store.check(testRun()),
    () => store.upload(bytes(1), upload, testRun()),
    () => store.upload(bytes(9_000_000), upload, testRun()),
  ]) {
    const error = await act().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code,
      retryable: isRetryable,
      hint: expect.stringMatching(/\w/) as string,
    });
    expect(String(error)).toContain(`s3://bucket/kanikit at ${server.endpoint}`);
    expect(JSON.stringify([error, (error as Error).cause, String(error)])).not.toContain(secretAccessKey);
  }
});

test('a server that is not there is unreachable, and its URL shows no password', async () => {
  const store = storeAt('http://user:password@127.0.0.1:1');
  expect(store.description).toBe('s3://bucket/kanikit at http://127.0.0.1:1');
  await expect(store.check(testRun())).rejects.toMatchObject({ code: 'bucket-unreachable', retryable: true });
});

test('a burst of server errors is ridden out', async () => {
  let failures = 3;
  const server = await startServer((request, response) => {
    if (request.method !== 'PUT' || failures === 0) return false;
    failures -= 1;
    request.resume();
    response.writeHead(503).end(errorXml('SlowDown'));
    return true;
  });
  await storeAt(server.endpoint).upload(bytes(1000), upload, testRun());
  expect(server.objects.size).toBe(1);
});

test('options that can never work are refused at once', () => {
  expect(() => storeAt('minio:9000')).toThrow('endpoint');
  expect(() => storeAt('http://minio:9000', { delivery: 'signed-url' })).toThrow('https');
});
