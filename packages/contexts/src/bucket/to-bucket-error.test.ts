import { expect, test } from 'vitest';
import { judgeAnswer } from './judgement.ts';
import { toBucketError } from './to-bucket-error.ts';

const reader = { judge: () => judgeAnswer(500, 'broken'), causeText: String };
const uploading = { action: 'Uploading to s3://bucket/key', signal: new AbortController().signal };

test('a library that can not be loaded is told as that, and not tried again', () => {
  const error = toBucketError(
    new Error('Dynamic require of "node:https" is not supported'),
    uploading,
    reader,
  );
  expect(error).toMatchObject({
    code: 'library-broken',
    retryable: false,
    message: expect.stringContaining('node:https'),
  });
});

test('what the server answers is told as its answer', () => {
  expect(toBucketError(new Error('x'), uploading, reader)).toMatchObject({
    code: 'bucket-upload-failed',
    retryable: true,
  });
});
