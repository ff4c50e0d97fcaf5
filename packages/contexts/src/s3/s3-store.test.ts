import { testRun } from '@kanikit/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deliverS3Object, s3Deliveries } from './s3-delivery.ts';
import { loadS3 } from './s3-client.ts';
import { canCopyParts, type S3StoreOptions } from './s3-options.ts';
import { s3LifecycleRule } from './lifecycle-rule.ts';
import { createS3Store } from './s3-store.ts';

// What needs no server; uploads, rights and faults are in e2e/src/stores, against real ones.
const credentials = { accessKeyId: 'the-key', secretAccessKey: 'the-secret', sessionToken: 'the-token' };
const executor = { executor: 'an old one', hasSubPath: false, gitOptions: [], hasGitRefs: false };

afterEach(() => vi.unstubAllEnvs());

test.each<[options: Partial<S3StoreOptions>, description: string]>([
  [{}, 's3://bucket/kanikit'],
  [{ prefix: '' }, 's3://bucket'],
  [{ prefix: '/a/b/' }, 's3://bucket/a/b'],
  [
    { endpoint: 'https://user:password@minio.example:9000/x' },
    's3://bucket/kanikit at https://minio.example:9000',
  ],
])('%j is described as %s', (options, description) => {
  expect(createS3Store({ bucket: 'bucket', ...options }).description).toBe(description);
});

test('an endpoint of the environment is the default', () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'https://all.example');
  expect(createS3Store({ bucket: 'bucket' }).description).toContain('all.example');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', 'https://s3.example');
  expect(createS3Store({ bucket: 'bucket' }).description).toContain('s3.example');
});

test.each<Partial<S3StoreOptions>>([{ endpoint: 'minio:9000' }, { podEndpoint: 'ftp://minio' }])(
  '%j can never work and is refused at once',
  (options) => {
    expect(() => createS3Store({ bucket: 'bucket', ...options })).toThrow(
      expect.objectContaining({ code: 'bucket-options-invalid' }),
    );
  },
);

describe('deliveries', () => {
  test.each<
    [what: string, options: Partial<S3StoreOptions>, kinds: readonly ('https' | 's3')[], possible: string]
  >([
    ['AWS', {}, ['https', 's3'], 'signed-url bucket-url'],
    ['an https server', { endpoint: 'https://minio' }, ['https', 's3'], 'signed-url bucket-url'],
    ['an http server', { endpoint: 'http://minio' }, ['https', 's3'], 'bucket-url'],
    [
      'an http server that pods reach by https',
      { endpoint: 'http://a', podEndpoint: 'https://b' },
      ['https', 's3'],
      'signed-url bucket-url',
    ],
    ['an executor without https', {}, ['s3'], 'bucket-url'],
    ['an executor without S3', {}, ['https'], 'signed-url'],
    ['an executor without either', {}, [], ''],
  ])('%s', (_what, options, kinds, possible) => {
    const abilities = s3Deliveries(options, { ...executor, kinds });
    expect(abilities.possible.join(' ')).toBe(possible);
    expect(Object.keys(abilities.reasons)).toHaveLength(2 - abilities.possible.length);
  });
});

test('a signed URL is for the host that pods ask, and lives a week at most', async () => {
  const options = {
    endpoint: 'http://127.0.0.1:1',
    podEndpoint: 'https://pods.example',
    certificateAuthorities: 'PEM',
    credentials,
  };
  const object = { bucket: 'bucket', key: 'a b/c.tar.gz' };
  const month = 30 * 86_400_000;
  const access = await loadS3(options);
  const { signal } = testRun();
  const delivery = await deliverS3Object(access, options, object, 'signed-url', month, signal);
  expect(delivery).toMatchObject({ isSecret: true, secretEnv: {}, env: {}, certificateAuthorities: 'PEM' });
  const url = new URL(delivery.context);
  expect(url.host + url.pathname).toBe('pods.example/bucket/a%20b/c.tar.gz');
  expect(url.searchParams.get('X-Amz-Expires')).toBe(String(7 * 86_400));
  expect(url.searchParams.get('versionId')).toBeNull();
});

test('keys travel in a secret, or not at all', async () => {
  const options = { endpoint: 'http://minio:9000', region: 'eu-1', isPathStyle: false, credentials };
  const object = { bucket: 'bucket', key: 'c.tar.gz' };
  const access = await loadS3(options);
  const { signal } = testRun();
  const env = { AWS_REGION: 'eu-1', S3_ENDPOINT: 'http://minio:9000', S3_FORCE_PATH_STYLE: 'false' };
  expect(await deliverS3Object(access, options, object, 'bucket-url', 1, signal)).toMatchObject({
    context: 's3://bucket/c.tar.gz',
    isSecret: false,
    env,
    secretEnv: {
      AWS_ACCESS_KEY_ID: 'the-key',
      AWS_SECRET_ACCESS_KEY: 'the-secret',
      AWS_SESSION_TOKEN: 'the-token',
    },
  });
  const identity = { ...options, podAccess: 'identity' as const };
  expect(await deliverS3Object(access, identity, object, 'bucket-url', 1, signal)).toMatchObject({
    env,
    secretEnv: {},
  });
});

test.each<[endpoint: string | undefined, can: boolean]>([
  [undefined, true],
  ['https://minio.example', true],
  ['https://abc.r2.cloudflarestorage.com', false],
  ['https://storage.googleapis.com', false],
])('whether parts are copied at %s', (endpoint, can) => {
  expect(canCopyParts({ bucket: 'bucket', endpoint })).toBe(can);
  expect(canCopyParts({ bucket: 'bucket', endpoint, canCopyParts: !can })).toBe(!can);
});

test('lifecycle rules are for what the store puts, and nothing else', () => {
  const rules = (text: string): readonly Record<string, unknown>[] =>
    (JSON.parse(text) as { Rules: Record<string, unknown>[] }).Rules;
  expect(rules(s3LifecycleRule({ prefix: 'ci/' }, 36 * 3_600_000))).toMatchObject([
    { Filter: { Prefix: 'ci/runs/' }, Expiration: { Days: 7 } },
    { Filter: { Prefix: 'ci/contexts/' }, Expiration: { Days: 2 } },
    { Filter: { Prefix: 'ci/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ]);
  expect(rules(s3LifecycleRule({})).map(({ Filter }) => Filter)).toEqual([
    { Prefix: 'kanikit/runs/' },
    { Prefix: 'kanikit/' },
  ]);
});

test('a signed URL begins when it is made by the clock of the server', async () => {
  const options = { bucket: 'bucket', endpoint: 'https://minio.example', credentials };
  const access = await loadS3(options);
  const serverMs = Date.now() - 3_600_000;
  access.clock.note(new Date(serverMs).toUTCString());
  const object = { bucket: 'bucket', key: 'key' };
  const { signal } = new AbortController();
  const { context } = await deliverS3Object(access, options, object, 'signed-url', 60_000, signal);
  const date = new URL(context).searchParams.get('X-Amz-Date') ?? '';
  const told = date.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:');
  expect(Math.abs(Date.parse(told) - serverMs)).toBeLessThan(3_000);
});
