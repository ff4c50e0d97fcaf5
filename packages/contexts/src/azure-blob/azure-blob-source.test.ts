import { testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createAzureBlobSource, createAzureBlobSourceWith } from './azure-blob-source.ts';
import { loadAzure } from './azure-client.ts';

const request = {
  reference: 'az://example/builds/context.tar.gz',
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
};
/** Azure's client as it is, but for the pauses before it sends a request again. */
const loadWithoutPauses: typeof loadAzure = async (account, settings) =>
  await loadAzure(account, settings, undefined, { maxTries: 6, retryDelayInMs: 1, maxRetryDelayInMs: 1 });

const accountKey = Buffer.from('key of the account').toString('base64');

test('a server that only pods reach is left to them, with a URL that is signed without it', async () => {
  const source = createAzureBlobSourceWith(loadWithoutPauses, {
    accountKey,
    endpoint: 'https://127.0.0.1:1',
    podEndpoint: 'https://azurite.test',
    env: {},
  });
  const context = await source.open(request, testRun());
  expect(context).toMatchObject({
    kind: 'remote',
    warnings: [{ code: 'context-unseen', message: expect.stringContaining('ECONNREFUSED') as string }],
    delivery: {
      context: expect.stringMatching(
        /^https:\/\/azurite\.test:443\/example\/builds\/context\.tar\.gz\?/,
      ) as string,
      isSecret: true,
    },
  });
  await expect(source.open({ ...request, fetch: 'client' }, testRun())).rejects.toMatchObject({
    code: 'bucket-unreachable',
  });
});

test('without https pods can not read it either', async () => {
  const source = createAzureBlobSourceWith(loadWithoutPauses, {
    accountKey,
    endpoint: 'http://127.0.0.1:1',
    env: {},
  });
  await expect(source.open(request, testRun())).rejects.toMatchObject({ code: 'bucket-unreachable' });
});

test('an abort before it begins ends with its reason', async () => {
  const reason = new Error('the user left');
  const opening = createAzureBlobSource({ accountKey, env: {} }).open(
    request,
    testRun(AbortSignal.abort(reason)),
  );
  await expect(opening).rejects.toBe(reason);
});
