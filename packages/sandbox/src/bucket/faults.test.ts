import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { sendS3Problem } from './s3-error.ts';
import { errorCode, startBucket } from './testing/test-bucket.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('slows down for a while, then works', async () => {
  let left = 2;
  await using bucket = await startBucket(folder, {
    intercept: (request, response) => {
      if (request.method !== 'PUT' || left === 0) return false;
      left -= 1;
      const problem = { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' };
      sendS3Problem(response, problem, { resource: request.url ?? '', requestId: 'r', isHead: false });
      return true;
    },
  });
  const codes = [];
  for (let round = 0; round < 3; round += 1) codes.push(await errorCode(await bucket.call('PUT', '/box')));
  expect(codes).toEqual(['SlowDown', 'SlowDown', '']);
});

it('breaks a download in the middle', async () => {
  await using bucket = await startBucket(folder, {
    intercept: (request, response) => {
      if (request.method !== 'GET') return false;
      response.writeHead(200, { 'content-length': 100 }).write('half');
      response.destroy();
      return true;
    },
  });
  await bucket.call('PUT', '/box');
  await bucket.call('PUT', '/box/k', { body: 'x'.repeat(100) });
  const reading = bucket.call('GET', '/box/k').then((response) => response.text());
  await expect(reading).rejects.toThrow(/terminated|fetch failed/);
});
