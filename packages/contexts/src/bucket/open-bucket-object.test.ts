import { gzipSync } from 'node:zlib';
import type { ContextRequest, DeliveryAbilities, ExecutorContextSupport } from '@kanikit/spec';
import { testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { type BucketObject, openBucketObject } from './open-bucket-object.ts';

const everything: DeliveryAbilities = { possible: ['signed-url', 'bucket-url'], reasons: {} };
const nothing: DeliveryAbilities = {
  possible: [],
  reasons: { 'signed-url': 'no key to sign with', 'bucket-url': 'no rights of its own' },
};
const gzip = gzipSync('a tar');
const plain = Buffer.alloc(1024);

function objectOf(
  changes: Partial<{ bytes: Buffer; encoding: string; abilities: DeliveryAbilities }>,
): BucketObject {
  const { bytes = gzip, encoding, abilities = everything } = changes;
  return {
    location: 'gs://builds/c.tar.gz',
    version: '7',
    contentEncoding: encoding,
    read: async function* (firstBytes) {
      yield bytes.subarray(0, firstBytes);
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    deliveries: async () => abilities,
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    deliver: async (delivery, lifetimeMs) => ({
      context: `${delivery} for ${lifetimeMs}`,
      isSecret: delivery === 'signed-url',
      args: [],
      env: {},
      secretEnv: {},
    }),
  };
}

const request = (more: Partial<ContextRequest>): ContextRequest => ({
  reference: 'gs://builds/c.tar.gz',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
  ...more,
});
const old: ExecutorContextSupport = {
  executor: 'google 0.12.0',
  kinds: ['gcs'],
  hasSubPath: false,
  gitOptions: [],
  hasGitRefs: false,
};

test.each<[what: string, more: Partial<ContextRequest>, context: string]>([
  ['the safest', {}, 'signed-url for 3600000'],
  ['the one that is wanted', { delivery: 'bucket-url' }, 'bucket-url for 3600000'],
  ['for as long as it takes', { lifetimeMs: 5000 }, 'signed-url for 5000'],
  ['by the executor, as wanted', { fetch: 'executor' }, 'signed-url for 3600000'],
  ['a folder of it', { contextSubPath: 'app' }, 'signed-url for 3600000'],
])('delivers %s', async (_what, more, context) => {
  expect(await openBucketObject(objectOf({}), request(more), testRun())).toMatchObject({
    kind: 'remote',
    dockerfile: 'Dockerfile',
    delivery: { context },
  });
});

test.each<[what: string, object: Parameters<typeof objectOf>[0], more: Partial<ContextRequest>]>([
  ['a plain tar', { bytes: plain }, {}],
  ['what is encoded once more', { encoding: 'gzip' }, {}],
  ['what can not be delivered', { abilities: nothing }, {}],
  ['a folder that the executor can not find', {}, { contextSubPath: 'app', executor: old }],
  ['what is to be streamed', {}, { delivery: 'stdin' }],
  ['what is to be fetched here', {}, { fetch: 'client' }],
])('%s goes through this machine', async (_what, object, more) => {
  expect(await openBucketObject(objectOf(object), request(more), testRun())).toMatchObject({
    kind: 'archive',
  });
});

test.each<
  [what: string, object: Parameters<typeof objectOf>[0], more: Partial<ContextRequest>, words: RegExp]
>([
  ['a plain tar', { bytes: plain }, { fetch: 'executor' }, /plain tar/],
  ['what is encoded once more', { encoding: 'gzip' }, { fetch: 'executor' }, /Content-Encoding gzip/],
  ['what can not be delivered', { abilities: nothing }, { fetch: 'executor' }, /no key.*no rights/],
  ['what can not be signed', { abilities: nothing }, { delivery: 'signed-url' }, /no key to sign with\.$/],
])('%s is refused where the executor is to fetch it', async (_what, object, more, words) => {
  await expect(openBucketObject(objectOf(object), request(more), testRun())).rejects.toMatchObject({
    code: 'context-fetch-unsupported',
    message: expect.stringMatching(words) as string,
    hint: expect.stringMatching(/\w/) as string,
  });
});

test('what is no archive is refused, whoever fetches it', async () => {
  for (const fetch of ['auto', 'executor', 'client'] as const) {
    const opening = openBucketObject(
      objectOf({ bytes: Buffer.from('hello') }),
      request({ fetch }),
      testRun(),
    );
    await expect(opening).rejects.toMatchObject({ code: 'context-archive-unsupported' });
  }
});
