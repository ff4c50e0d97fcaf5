import type { ContextRequest } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { testRun } from '../testing/read-archive.ts';
import { createRemoteSource } from './remote-source.ts';

const source = createRemoteSource();
const request = (reference: string, dockerfile?: string): ContextRequest => ({
  reference,
  dockerfile,
  workingDirectory: '/',
  contextSubPath: undefined,
});

test.each([
  ['git://github.com/a/b.git#refs/heads/main', false],
  ['git://user:token@git.example.com/a/b', true],
  ['s3://bucket/key.tar.gz', false],
  ['gs://bucket/key.tar.gz', false],
  ['https://example.com/context.tar.gz', false],
  ['https://example.com/context.tar.gz?X-Amz-Signature=abc', true],
  ['dir:///workspace', false],
])('%s is handed over as it is', async (reference, isSecret) => {
  expect(source.accepts(reference)).toBe(true);
  expect(await source.open(request(reference), testRun())).toMatchObject({
    kind: 'remote',
    dockerfile: 'Dockerfile',
    delivery: { context: reference, isSecret, args: [], env: {}, secretEnv: {} },
  });
});

test('paths and standard input are for others', () => {
  expect(['.', '-', 'a/b', 'C:\\x'].some((reference) => source.accepts(reference))).toBe(false);
});

test.each([
  ['http://example.com/x.tar.gz', undefined, 'context-scheme-unsupported'],
  ['ftp://example.com/x', undefined, 'context-scheme-unsupported'],
  ['tar://stdin', undefined, 'context-scheme-unsupported'],
  ['git://example.com/x', '-', 'dockerfile-unsupported'],
])('%s with Dockerfile %s is refused', async (reference, dockerfile, code) => {
  await expect(source.open(request(reference, dockerfile), testRun())).rejects.toMatchObject({ code });
});
