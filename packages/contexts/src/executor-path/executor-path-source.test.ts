import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContextRequest } from '@kanikit/spec';
import { temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createExecutorPathSource } from './executor-path-source.ts';

const source = createExecutorPathSource();
const request = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference,
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
  ...more,
});

test.each(['dir:///workspace', 'tar:///workspace/context.tar.gz'])(
  '%s is handed over as it is',
  async (reference) => {
    expect(source.accepts(reference)).toBe(true);
    expect(await source.open(request(reference), testRun())).toEqual({
      kind: 'remote',
      dockerfile: 'Dockerfile',
      dockerfileText: undefined,
      warnings: [],
      delivery: { context: reference, isSecret: false, args: [], env: {}, secretEnv: {} },
    });
  },
);

test('the scheme is spelled as the executor knows it', async () => {
  expect(await source.open(request('DIR:///Work'), testRun())).toMatchObject({
    delivery: { context: 'dir:///Work' },
  });
});

test("an absolute Dockerfile is the executor's, a relative one that is here is sent along", async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'Dockerfile');
  writeFileSync(file, 'FROM scratch');
  expect(await source.open(request('dir:///w', { dockerfile: file }), testRun())).toMatchObject({
    dockerfile: file,
    dockerfileText: undefined,
  });
  const relative = request('dir:///w', { dockerfile: './Dockerfile', workingDirectory: folder });
  expect(await source.open(relative, testRun())).toMatchObject({
    dockerfileContents: Buffer.from('FROM scratch'),
    dockerfileText: 'FROM scratch',
  });
});

test('paths and standard input are for others', () => {
  expect(['.', '-', 'a/b', 'C:\\x', 'git@host:a.git'].some((reference) => source.accepts(reference))).toBe(
    false,
  );
});

test.each([
  ['http://example.com/x', 'context-scheme-unsupported', 'http://'],
  ['ftp://example.com/x', 'context-scheme-unsupported', 'ftp://'],
  ['FTP://user:hunter2@example.com/x', 'context-scheme-unsupported', 'ftp://'],
  ['tar://stdin', 'context-scheme-unsupported', 'tar://stdin'],
])('%s is refused', async (reference, code, words) => {
  const opening = source.open(request(reference), testRun());
  await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') as string });
});

test('this machine can not fetch what lies in the pod', async () => {
  const opening = source.open(request('dir:///workspace', { fetch: 'client' }), testRun());
  await expect(opening).rejects.toMatchObject({ code: 'context-fetch-unsupported' });
});
