import { temporaryFolder, testRun } from '@kanikit/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGcsSource, createGcsSourceWith } from './gcs-source.ts';
import { loadWithoutPauses } from './load-without-pauses.test.helper.ts';
import { apiError, startScriptedGcs } from './scripted-gcs.test.helper.ts';

const request = {
  reference: 'gs://builds/context.tar.gz',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
};

beforeEach(() => {
  for (const name of ['HOME', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, temporaryFolder());
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('who has no credentials leaves the bucket to the identity of the pod', async () => {
  const source = createGcsSource();
  expect(await source.open(request, testRun())).toMatchObject({
    kind: 'remote',
    dockerfile: 'Dockerfile',
    dockerfileText: undefined,
    warnings: [
      expect.objectContaining({
        code: 'context-unseen',
        message: expect.stringContaining('there are no Google credentials') as string,
      }),
    ],
    delivery: { context: request.reference, isSecret: false, args: [], env: {}, secretEnv: {} },
  });
  for (const more of [{ delivery: 'signed-url' }, { fetch: 'client' }] as const) {
    await expect(source.open({ ...request, ...more }, testRun())).rejects.toMatchObject({
      code: 'bucket-denied',
    });
  }
});

test('a server that only pods reach is left to them', async () => {
  const source = createGcsSourceWith(loadWithoutPauses, {
    endpoint: 'http://127.0.0.1:1',
    podEndpoint: 'http://gcs.test',
  });
  expect(await source.open(request, testRun())).toMatchObject({
    warnings: [{ code: 'context-unseen', message: expect.stringContaining('ECONNREFUSED') as string }],
    delivery: { context: request.reference, env: { STORAGE_EMULATOR_HOST: 'http://gcs.test' } },
  });
});

test.each([
  [404, 'No such object: builds/context.tar.gz', 'context-missing'],
  [404, 'The specified bucket does not exist.', 'bucket-missing'],
  [403, 'no storage.objects.get access', 'bucket-denied'],
  [400, 'Invalid argument', 'context-unreadable'],
])('%i %s is %s', async (status, message, code) => {
  const { url } = await startScriptedGcs(() => apiError(status, message));
  const opening = createGcsSourceWith(loadWithoutPauses, { endpoint: url }).open(request, testRun());
  await expect(opening).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
});

test('pods with rights of their own may read what this machine may not', async () => {
  const { url } = await startScriptedGcs(() => apiError(403, 'no storage.objects.get access'));
  const source = createGcsSourceWith(loadWithoutPauses, { endpoint: url, podAccess: 'identity' });
  expect(await source.open(request, testRun())).toMatchObject({
    warnings: [{ code: 'context-unseen' }],
    delivery: { context: request.reference, isSecret: false },
  });
});

test.each(['gs:', 'gs:/bucket/a', 's3://bucket/a', './gs', '-'])('%s is for another source', (reference) => {
  expect(createGcsSource().accepts(reference)).toBe(false);
});

test('an abort ends with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('the user left');
  const { url } = await startScriptedGcs(() => {
    controller.abort(reason);
    return apiError(503, 'busy');
  });
  const opening = createGcsSourceWith(loadWithoutPauses, { endpoint: url }).open(
    request,
    testRun(controller.signal),
  );
  await expect(opening).rejects.toBe(reason);
});
