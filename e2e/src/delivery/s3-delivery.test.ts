import type { BucketOptions } from '@kanikit/sdk';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../parts/fault.ts';
import type { FaultRule, SeenRequest } from '../parts/fault-proxy.ts';
import { type Delivered, type DeliveryLab, startDeliveryLab } from './delivery-lab.ts';

// Local contexts by way of a real S3 server: into it by this machine, out of it by the real executor with a signed URL.

let lab: DeliveryLab;
beforeAll(async () => {
  lab = await startDeliveryLab();
});
afterAll(() => lab[Symbol.asyncDispose]());
afterEach(() => {
  lab.forClient.forget();
  lab.forExecutor.forget();
});

/** Nothing is left, nothing secret was told, and what failed says what to do. */
function expectTidy({ failure, told, left }: Delivered): void {
  expect(left).toEqual([]);
  expect(told('X-Amz-Signature=')).toEqual([]);
  expect(told(lab.bucket.credentials.secretAccessKey)).toEqual([]);
  if (failure !== undefined) expect(failure.hint ?? '').not.toBe('');
}

const xml = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

test('the executor reads the object once, by a URL that is its only right', async () => {
  const delivered = await lab.run();
  expect(delivered.failure).toBeUndefined();
  expectTidy(delivered);
  expect(lab.forExecutor.requests).toHaveLength(1);
  expect(lab.forExecutor.requests[0]).toMatchObject({ method: 'GET', status: 200 });
  expect(lab.forExecutor.requests[0]?.path).toMatch(/\.tar\.gz\?.*X-Amz-Signature=/);
  expect(lab.forExecutor.requests[0]?.headers.authorization).toBeUndefined();
});

test.each<[what: string, fault: Fault, code: string]>([
  ['a URL that has expired', { kind: 'answer', status: 403, body: xml('AccessDenied') }, 'context-denied'],
  ['an object that is gone', { kind: 'answer', status: 404, body: xml('NoSuchKey') }, 'context-unreadable'],
  ['a server that is busy', { kind: 'answer', status: 503, body: xml('SlowDown') }, 'context-broken-off'],
  ['a server that hangs up', { kind: 'drop' }, 'context-broken-off'],
  [
    'a server that stops in the middle',
    { kind: 'cut', of: 'response', afterBytes: 5_000_000 },
    'context-incomplete',
  ],
])('%s fails the build before it begins', async (_what, fault, code) => {
  lab.forExecutor.add({ fault, times: 9 });
  const delivered = await lab.run();
  expect(delivered.failure).toMatchObject({ code });
  expect(delivered.events.filter(({ type }) => type === 'step-start')).toEqual([]);
  expectTidy(delivered);
});

test('a server that falls silent is given up with the time that the build has', async () => {
  lab.forExecutor.add({ fault: { kind: 'stall', of: 'response', afterBytes: 5_000_000 } });
  const delivered = await lab.run({ timeoutMs: 4000 });
  expect(delivered.failure).toMatchObject({ code: 'deadline-exceeded' });
  expectTidy(delivered);
});

test('a slow server takes its time', async () => {
  lab.forExecutor.add({ fault: { kind: 'slow', of: 'response', bytesPerSecond: 20_000_000 } });
  const delivered = await lab.run();
  expect(delivered.failure).toBeUndefined();
  expectTidy(delivered);
});

const isPart = ({ method, path }: SeenRequest): boolean => method === 'PUT' && path.includes('/parts/');
const isCompletion = ({ method, path }: SeenRequest): boolean =>
  method === 'POST' && path.includes('uploadId=');

test.each<[what: string, rule: FaultRule]>([
  [
    'two answers 503 while a part is sent',
    { when: isPart, fault: { kind: 'answer', status: 503 }, times: 2 },
  ],
  [
    'a part cut off on its way',
    { when: isPart, fault: { kind: 'cut', of: 'request', afterBytes: 2_000_000 } },
  ],
  ['an answer to a part that is lost', { when: isPart, fault: { kind: 'lose-answer' } }],
  ['an answer to the last step that is lost', { when: isCompletion, fault: { kind: 'lose-answer' } }],
  ['an answer 500 to the last step', { when: isCompletion, fault: { kind: 'answer', status: 500 } }],
  ['a slow upload', { when: isPart, fault: { kind: 'slow', of: 'request', bytesPerSecond: 20_000_000 } }],
])('%s does no harm', async (_what, rule) => {
  lab.forClient.add(rule);
  const delivered = await lab.run();
  expect(delivered.failure).toBeUndefined();
  expect(lab.forClient.requests.some(({ fault }) => fault === rule.fault)).toBe(true);
  expectTidy(delivered);
});

test('a bucket that is full fails the build before there is a pod', async () => {
  lab.forClient.add({
    when: isPart,
    fault: { kind: 'answer', status: 507, body: xml('InsufficientStorage') },
    times: 99,
  });
  // On a slow machine its refusal may come late.
  const delivered = await lab.run({}, { launchAheadMs: 60_000 });
  expect(delivered.failure).toMatchObject({ code: 'bucket-upload-failed' });
  expect(delivered.events.filter(({ type }) => type === 'pod-create')).toEqual([]);
  expectTidy(delivered);
});

test('a wrong bucket, a wrong key and a missing right are told before anything is packed', async () => {
  const { store } = lab;
  const reader = await lab.bucket.addUser('s3:GetObject');
  const wrong = { ...lab.bucket.credentials, secretAccessKey: 'wrong' };
  const refused: readonly (readonly [BucketOptions, string])[] = [
    [{ ...store, bucket: 'none' }, 'bucket-missing'],
    [{ ...store, credentials: wrong }, 'bucket-denied'],
    [{ ...store, credentials: reader }, 'bucket-denied'],
  ];
  for (const [options, code] of refused) {
    const delivered = await lab.run({}, { store: options });
    expect(delivered.failure).toMatchObject({ code });
    expect(delivered.events.filter(({ type }) => /^context-upload|^pod-create/.test(type))).toEqual([]);
    expectTidy(delivered);
  }
});
