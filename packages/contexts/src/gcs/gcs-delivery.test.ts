import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliveryAbilities, ExecutorContextSupport } from '@kanikit/spec';
import { temporaryFolder } from '@kanikit/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadGcs } from './gcs-client.ts';
import { createGcsDelivery, findGcsDeliveries } from './gcs-delivery.ts';
import type { GcsAccessOptions } from './gcs-options.ts';

const { signal } = new AbortController();
const google = 'https://storage.googleapis.com';
const emulator = 'http://127.0.0.1:4443';
const object = { bucket: 'builds', key: 'a b/ü.tar.gz', lifetimeMs: 600_000 };
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
let keyFile: string;

beforeEach(() => {
  keyFile = join(temporaryFolder(), 'key.json');
  const account = { type: 'service_account', client_email: 'a@b.iam.gserviceaccount.com' };
  writeFileSync(keyFile, JSON.stringify({ ...account, private_key: privateKey }));
  for (const name of ['HOME', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, temporaryFolder());
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const executorWith = (...kinds: ExecutorContextSupport['kinds']): ExecutorContextSupport => ({
  executor: 'google 1.3.0',
  kinds,
  hasSubPath: true,
  gitOptions: [],
  hasGitRefs: false,
});

async function abilities(
  options: GcsAccessOptions,
  executor?: ExecutorContextSupport,
): Promise<DeliveryAbilities> {
  return await findGcsDeliveries(await loadGcs(options), options, executor, signal);
}

test.each<[what: string, options: () => GcsAccessOptions, expected: object]>([
  ['a key signs', () => ({ keyFile }), { possible: ['signed-url'], reasons: { 'bucket-url': /podAccess/ } }],
  [
    'nobody signs nothing',
    () => ({}),
    { possible: [], reasons: { 'signed-url': /no Google credentials/, 'bucket-url': /podAccess/ } },
  ],
  ['pods with rights of their own', () => ({ podAccess: 'identity' }), { possible: ['bucket-url'] }],
  [
    'pods that may have the key',
    () => ({ keyFile, podAccess: 'key' }),
    { possible: ['signed-url', 'bucket-url'] },
  ],
  [
    'pods that may have the key, which is not there',
    () => ({ podAccess: 'key' }),
    { possible: [], reasons: { 'bucket-url': /no key file/ } },
  ],
  [
    'an emulator without TLS',
    () => ({ keyFile, endpoint: emulator }),
    { possible: ['bucket-url'], reasons: { 'signed-url': /https only/ } },
  ],
  [
    'an emulator that pods reach by TLS',
    () => ({ keyFile, endpoint: emulator, podEndpoint: 'https://gcs.test' }),
    { possible: ['signed-url', 'bucket-url'] },
  ],
])('%s', async (_what, options, expected) => {
  const { possible, reasons = {} } = expected as { possible: object; reasons?: Record<string, RegExp> };
  const found = await abilities(options());
  expect(found.possible).toEqual(possible);
  for (const [delivery, words] of Object.entries(reasons)) {
    expect(found.reasons[delivery as 'signed-url']).toMatch(words);
  }
});

test('what the executor can not fetch is not offered, and that is why', async () => {
  const options: GcsAccessOptions = { keyFile, podAccess: 'identity' };
  expect(await abilities(options, executorWith('gcs'))).toEqual({
    possible: ['bucket-url'],
    reasons: { 'signed-url': "google 1.3.0 can't fetch https URLs" },
  });
  expect((await abilities(options, executorWith('https'))).possible).toEqual(['signed-url']);
});

test('a signed URL is what Google verifies: path, query, host and time, and nothing else', async () => {
  const options = { keyFile };
  const generation = '1795630559044905';
  const client = await loadGcs(options);
  const delivery = await createGcsDelivery(client, options, { ...object, generation }, 'signed-url', signal);
  expect(delivery).toMatchObject({ isSecret: true, args: [], env: {}, secretEnv: {} });
  const url = new URL(delivery.context);
  expect(url.origin + url.pathname).toBe(`${google}/builds/a%20b/%C3%BC.tar.gz`);
  expect(url.searchParams.get('generation')).toBe(generation);
  expect(url.searchParams.get('X-Goog-Expires')).toMatch(/^(?:599|600)$/);
  const signature = url.searchParams.get('X-Goog-Signature') ?? '';
  url.searchParams.delete('X-Goog-Signature');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&');
  const request = ['GET', url.pathname, query, 'host:storage.googleapis.com', '', 'host', 'UNSIGNED-PAYLOAD'];
  const date = url.searchParams.get('X-Goog-Date') ?? '';
  const signed = [
    'GOOG4-RSA-SHA256',
    date,
    `${date.slice(0, 8)}/auto/storage/goog4_request`,
    createHash('sha256').update(request.join('\n')).digest('hex'),
  ].join('\n');
  const isRight = verify(
    'RSA-SHA256',
    Buffer.from(signed),
    createPublicKey(publicKey),
    Buffer.from(signature, 'hex'),
  );
  expect(isRight).toBe(true);
});

test.each([
  ['longer than Google allows', 30 * 86_400_000, 7 * 86_400],
  ['of no time at all', 0, 1],
])('a life %s is cut', async (_what, lifetimeMs, seconds) => {
  const options = { keyFile };
  const client = await loadGcs(options);
  const { context } = await createGcsDelivery(
    client,
    options,
    { ...object, lifetimeMs },
    'signed-url',
    signal,
  );
  expect(Number(new URL(context).searchParams.get('X-Goog-Expires'))).toBe(seconds);
});

test.each<[what: string, options: () => GcsAccessOptions, expected: object]>([
  ['pods with rights of their own get a name', () => ({ podAccess: 'identity' }), { env: {} }],
  [
    'pods get the key as a file',
    () => ({ podAccess: 'key', keyFile }),
    {
      env: { GOOGLE_APPLICATION_CREDENTIALS: '/kaniko/gcs/key.json' },
      secretFiles: { '/kaniko/gcs/key.json': expect.stringContaining('PRIVATE KEY') as string },
    },
  ],
  [
    'pods are told of an emulator',
    () => ({ endpoint: emulator, podEndpoint: 'http://gcs.test:4443' }),
    { env: { STORAGE_EMULATOR_HOST: 'http://gcs.test:4443' } },
  ],
])('%s', async (_what, options, expected) => {
  const client = await loadGcs(options());
  expect(await createGcsDelivery(client, options(), object, 'bucket-url', signal)).toEqual({
    context: 'gs://builds/a%20b/%C3%BC.tar.gz',
    isSecret: false,
    args: [],
    secretEnv: {},
    ...expected,
  });
});

test('the key of GOOGLE_APPLICATION_CREDENTIALS is taken for pods, too', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', keyFile);
  expect((await abilities({ podAccess: 'key' })).possible).toEqual(['signed-url', 'bucket-url']);
});

test.each<[what: string, text: string | undefined, words: RegExp]>([
  ['is not there', undefined, /ENOENT/],
  ['is no JSON', '{"private_key": "-----BEGIN PRIVATE KEY-----', /not a service account's key/],
  [
    'is of another kind',
    '{"type":"authorized_user","refresh_token":"1//secret"}',
    /not a service account's key/,
  ],
])('a key file that %s is refused, and not told', async (_what, text, words) => {
  const file = join(temporaryFolder(), 'key.json');
  if (text !== undefined) writeFileSync(file, text);
  const error = await loadGcs({ keyFile: file }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'bucket-options-invalid',
    message: expect.stringMatching(words) as string,
  });
  expect(JSON.stringify([String(error), (error as Error).cause])).not.toMatch(/secret|BEGIN/);
});

test.each(['://', 'ftp://gcs.test', 'https://'])('the endpoint %j is refused', async (endpoint) => {
  await expect(loadGcs({ endpoint })).rejects.toMatchObject({ code: 'bucket-options-invalid' });
});

test('a signed URL begins when it is made by the clock of the server', async () => {
  const options = { keyFile };
  const client = await loadGcs(options);
  const serverMs = Date.now() - 3_600_000;
  client.clock.note(new Date(serverMs).toUTCString());
  const { context } = await createGcsDelivery(client, options, object, 'signed-url', signal);
  const date = new URL(context).searchParams.get('X-Goog-Date') ?? '';
  const told = date.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:');
  expect(Math.abs(Date.parse(told) - serverMs)).toBeLessThan(3_000);
});
