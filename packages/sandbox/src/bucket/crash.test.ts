import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { startServerProcess } from '../registry/testing/test-server.ts';
import {
  errorCode,
  startBucket,
  testCredentials,
  withClient,
  type TestBucket,
} from './testing/test-bucket.ts';

const moduleUrl = new URL('./handler.ts', import.meta.url).href;
let folder: string;
let expression: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-bucket-'));
  expression = `module.createBucketHandler(${JSON.stringify({ folder, ...testCredentials })})`;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const inBucket = (name: string): Promise<string[]> => readdir(join(folder, 'buckets', 'box', name));

it('has only whole objects after kill -9 at any moment', async () => {
  const written = new Map<string, string>();
  for (let round = 0; round < 4; round += 1) {
    await using server = await startServerProcess(moduleUrl, expression);
    const bucket = withClient(server);
    await bucket.call('PUT', '/box');
    const write = async (worker: number): Promise<void> => {
      for (let index = 0; ; index += 1) {
        // Keys are written again and again, so that kills meet replacements, too.
        const key = `${worker}-${index % 3}`;
        const body = randomBytes(100_000 * (round + 1));
        written.delete(key);
        const answer = await bucket.call('PUT', `/box/${key}`, { body });
        expect(answer.status).toBe(200);
        written.set(key, createHash('md5').update(body).digest('hex'));
        if ((index + worker) % 7 === 6) void server.kill();
      }
    };
    const results = await Promise.allSettled([write(0), write(1), write(2)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  }
  await using bucket = await startBucket(folder);
  const keys = await listKeys(bucket);
  expect(keys).toEqual(expect.arrayContaining([...written.keys()]));
  for (const key of keys) {
    const object = await bucket.call('GET', `/box/${key}`);
    const md5 = createHash('md5')
      .update(new Uint8Array(await object.arrayBuffer()))
      .digest('hex');
    expect(object.headers.get('etag')).toBe(`"${md5}"`);
    expect(written.get(key) ?? md5).toBe(md5);
  }
  expect(await inBucket('data')).toHaveLength(keys.length);
  expect(await inBucket('temporary')).toEqual([]);
});

async function listKeys(bucket: TestBucket): Promise<string[]> {
  const text = await (await bucket.call('GET', '/box', { query: { 'list-type': '2' } })).text();
  return [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map((match) => match[1] ?? '');
}

it('answers a full disk with an error, keeps nothing of the object, and goes on', async () => {
  await using server = await startServerProcess(moduleUrl, expression, 1024 * 1024);
  const bucket = withClient(server);
  await bucket.call('PUT', '/box');
  const answer = await bucket.call('PUT', '/box/k', { body: randomBytes(3 * 1024 * 1024) });
  expect([answer.status, await errorCode(answer)]).toEqual([507, 'InsufficientStorage']);
  expect((await bucket.call('HEAD', '/box/k')).status).toBe(404);
  expect(await inBucket('data')).toEqual([]);
  expect((await bucket.call('PUT', '/box/k', { body: 'small' })).status).toBe(200);
});
