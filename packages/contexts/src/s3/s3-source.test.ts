import { testRun } from '@kanikit/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { createS3Source } from './s3-source.ts';

const request = {
  reference: 's3://bucket/context.tar.gz',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
};

afterEach(() => vi.unstubAllEnvs());

test('who has no credentials leaves the bucket to the identity of the pod', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const source = createS3Source({ region: 'eu-1' });
  expect(await source.open(request, testRun())).toMatchObject({
    kind: 'remote',
    warnings: [{ code: 'context-unseen' }],
    delivery: { context: request.reference, isSecret: false, env: { AWS_REGION: 'eu-1' }, secretEnv: {} },
  });
  await expect(source.open({ ...request, delivery: 'signed-url' }, testRun())).rejects.toMatchObject({
    code: 'bucket-denied',
  });
});

test('a region that is not known is said so', async () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  const source = createS3Source({ credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  await expect(source.open(request, testRun())).rejects.toMatchObject({ code: 'bucket-options-invalid' });
});

test.each(['s3:', 's3:/bucket/a', 'gs://bucket/a', './s3', '-'])('%s is for another source', (reference) => {
  expect(createS3Source().accepts(reference)).toBe(false);
});
