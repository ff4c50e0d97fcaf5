import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKanikitError } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommand } from '../command-line/build-command.ts';
import { commands } from '../command-line/commands.ts';
import { flagsOf } from '../command-line/flag.ts';
import { parseCommandLine } from '../command-line/parse-command-line.ts';
import { createTestIo } from '../testing/test-io.ts';
import { kanikitOptions } from './kanikit-options.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-options-'));
  await writeFile(join(folder, 'ca.pem'), certificate);
  await writeFile(join(folder, 'key.pem'), 'nothing of use\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function optionsOf(line: string, env: Readonly<Record<string, string>> = {}) {
  const words = line.replaceAll('FOLDER', folder).split(' ');
  const parsed = parseCommandLine(['build', '.', '--no-push', ...words].filter(Boolean), commands, env);
  if (parsed.kind !== 'run') throw new Error(`it is ${parsed.kind}`);
  return kanikitOptions(flagsOf(buildCommand, parsed.values), createTestIo({ env }).io);
}

async function problemOf(line: string): Promise<string> {
  try {
    await optionsOf(line);
  } catch (error) {
    if (isKanikitError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('lands', () => {
  test.each([
    ['', { cluster: {}, store: undefined, concurrency: undefined }],
    [
      '--kubeconfig k --kube-context c -n ci',
      { cluster: { kubeconfig: 'k', context: 'c', namespace: 'ci' } },
    ],
    ['--in-cluster', { cluster: { isInCluster: true } }],
    ['--concurrency 3', { concurrency: 3 }],
    ['--concurrency-per-registry 2', { concurrencyPerRegistry: 2 }],
    ['--retries 0', { retries: 0 }],
    ['--log-folder logs', { logFolder: 'logs' }],
    ['--bucket s3://contexts', { store: { kind: 's3', bucket: 'contexts', prefix: undefined } }],
    ['--bucket s3://contexts/', { store: { bucket: 'contexts', prefix: undefined } }],
    ['--bucket s3://con.texts/team/ci/', { store: { bucket: 'con.texts', prefix: 'team/ci' } }],
    [
      '--bucket s3://contexts --bucket-endpoint https://minio:9000 --bucket-region eu --bucket-ca FOLDER/ca.pem',
      { store: { endpoint: 'https://minio:9000', region: 'eu', certificateAuthorities: certificate } },
    ],
    ['--bucket gs://con_texts/ci', { store: { kind: 'gcs', bucket: 'con_texts', prefix: 'ci' } }],
    [
      '--bucket az://account/contexts/a/b',
      { store: { kind: 'azure-blob', account: 'account', container: 'contexts', prefix: 'a/b' } },
    ],
    [
      '--bucket s3://contexts --bucket-pod-endpoint http://minio:9000 --bucket-pod-access identity',
      { store: { podEndpoint: 'http://minio:9000', podAccess: 'identity' } },
    ],
    [
      '--bucket-endpoint https://minio:9000 --bucket-ca FOLDER/ca.pem',
      {
        access: {
          s3: { endpoint: 'https://minio:9000', certificateAuthorities: certificate },
          git: { certificateAuthorities: certificate },
          https: { certificateAuthorities: certificate },
        },
      },
    ],
    ['--mtime keep', { access: { local: { mtime: 'keep' } } }],
    ['--keep-context 7d', { keepContextMs: 604_800_000 }],
  ])('%s', async (line, expected) => {
    expect(await optionsOf(line)).toMatchObject(expected);
  });

  test('the environment of the user, and the bucket in it', async () => {
    const env = { KANIKIT_BUCKET: 's3://from-env/x', KANIKIT_BUCKET_REGION: 'us', OTHER: '1' };
    expect(await optionsOf('', env)).toMatchObject({ env, store: { bucket: 'from-env', region: 'us' } });
  });
});

describe('refuses', () => {
  test.each([
    ['--bucket contexts', 'usage: --bucket takes s3://BUCKET, gs://BUCKET or az://'],
    ['--bucket ftp://contexts', 'got "ftp://contexts".'],
    ['--bucket az://account', 'got "az://account".'],
    ['--bucket az://Account/contexts', 'usage: --bucket takes s3://BUCKET'],
    ['--bucket s3://', 'usage: --bucket takes s3://BUCKET'],
    ['--bucket s3://Contexts', 'usage: --bucket takes s3://BUCKET'],
    ['--bucket s3://c', 'usage: --bucket takes s3://BUCKET'],
    ['--bucket s3://contexts --bucket-endpoint minio:9000', 'usage: --bucket-endpoint takes a URL such as'],
    ['--bucket s3://contexts --bucket-endpoint ftp://minio', 'usage: --bucket-endpoint takes a URL such as'],
    ['--bucket s3://contexts --bucket-ca FOLDER/none', '(--bucket-ca): ENOENT'],
    [
      '--bucket s3://contexts --bucket-ca FOLDER/key.pem',
      '(--bucket-ca): there is no PEM certificate in it.',
    ],
  ])('%s', async (line, problem) => {
    expect(await problemOf(line)).toContain(problem);
  });
});
