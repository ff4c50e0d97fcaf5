import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ContextRequest, PreparedContext } from '@kanikit/spec';
import { collect, isSealEntry, readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createHttpsSource } from './https-source.ts';
import { type Answer, body, startWebServer, status } from '../web/web-server.test.helper.ts';

const source = createHttpsSource();
const request = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference,
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
  env: {},
  ...more,
});

function makeTar(): Buffer {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch');
  writeFileSync(join(folder, 'a'), 'a'.repeat(100_000));
  return execFileSync('tar', ['-c', '-C', folder, 'Dockerfile', 'a']);
}

async function filesOf(context: PreparedContext): Promise<readonly string[]> {
  if (context.kind !== 'archive') throw new Error('expected an archive');
  const entries = await readArchive(await collect(context.pack({}, testRun())));
  return entries.filter((entry) => !isSealEntry(entry)).map((entry) => entry.path);
}

test('takes web addresses, but not those of Git and Azure', () => {
  const accepted = ['https://h/a.tar.gz', 'HTTP://h/a', 'https://h/a.tar?sig=x', 'https://h/a.git/b.tar.gz'];
  expect(accepted.every((url) => source.accepts(url))).toBe(true);
  const others = [
    'https://h/a.git',
    'https://h/a.git#main',
    'https://account.blob.core.windows.net/c/a.tar.gz',
    's3://b/a',
    'a.tar.gz',
    '-',
  ];
  expect(others.some((url) => source.accepts(url))).toBe(false);
});

test.each<[what: string, answer: (tar: Buffer) => Answer]>([
  ['a plain tar', (tar) => body(tar)],
  ['gzip', (tar) => body(gzipSync(tar))],
  ['zstd', (tar) => body(zstdCompressSync(tar))],
  ['a plain tar that is compressed on the way', (tar) => body(gzipSync(tar), { 'content-encoding': 'gzip' })],
  ['gzip that is compressed again', (tar) => body(gzipSync(gzipSync(tar)), { 'content-encoding': 'gzip' })],
])('over http this machine fetches %s', async (_what, answer) => {
  const server = await startWebServer({ '/context': [answer(makeTar())] });
  const context = await source.open(request(`${server.url}/context`), testRun());
  expect(await filesOf(context)).toEqual(['Dockerfile', 'a']);
});

test('headers go to the host of the reference only, and keep the executor out', async () => {
  const withHeaders = createHttpsSource({ headers: { authorization: 'Bearer hunter2' } });
  const other = await startWebServer({ '/context': [body(makeTar())] });
  const server = await startWebServer({ '/context': [status(302, { location: `${other.url}/context` })] });
  const context = await withHeaders.open(request(`${server.url}/context`), testRun());
  expect(await filesOf(context)).toEqual(['Dockerfile', 'a']);
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer hunter2',
    'Bearer hunter2',
  ]);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  const opening = withHeaders.open(request('https://127.0.0.1:1/a', { fetch: 'executor' }), testRun());
  await expect(opening).rejects.toMatchObject({
    code: 'context-fetch-unsupported',
    message: expect.stringContaining('headers') as string,
  });
});

test('two builds of the same bytes share them, where the server names them', async () => {
  const tar = makeTar();
  const dockerfile = join(temporaryFolder(), 'Dockerfile');
  writeFileSync(dockerfile, 'FROM scratch');
  const server = await startWebServer({
    '/named': [body(tar, { etag: '"1"' })],
    '/weak': [body(tar, { etag: 'W/"1"' })],
  });
  const keyOf = async (path: string): Promise<string | undefined> => {
    const context = await source.open(request(server.url + path, { dockerfile }), testRun());
    return context.kind === 'archive' ? context.shareKey : undefined;
  };
  expect(await keyOf('/named')).toBe(await keyOf('/named'));
  expect(await keyOf('/named')).toBeDefined();
  expect(await keyOf('/weak')).toBeUndefined();
});

test.each<[what: string, answers: (tar: Buffer) => Answer[], code: string, words: string]>([
  ['is missing', () => [status(404)], 'context-missing', '404'],
  ['is signed for another time', () => [status(403)], 'context-denied', '403'],
  ['is behind a busy server', () => [status(503)], 'context-unreadable', '503'],
  ['is no archive', () => [body('<html>')], 'context-archive-unsupported', 'not a tar'],
  ['is empty', () => [body('')], 'context-archive-unsupported', 'empty'],
  [
    'is compressed with xz',
    () => [body(Buffer.from('fd377a585a00', 'hex'))],
    'context-archive-unsupported',
    'xz',
  ],
  [
    'has an encoding that nobody asked for',
    () => [body('x', { 'content-encoding': 'br' })],
    'context-unreachable',
    'br',
  ],
])('refuses one that %s, before anything starts', async (_what, answers, code, words) => {
  const server = await startWebServer({ '/context': answers(makeTar()) });
  const url = `${server.url.replace('://', '://user:hunter2@')}/context?signature=hunter2`;
  const error: unknown = await source.open(request(url), testRun()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

test.each<[what: string, second: (tar: Buffer) => Answer, code: string]>([
  ['changes', (tar) => body(tar, { etag: '"2"' }), 'context-changed'],
  [
    'breaks off',
    (tar) => (response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': tar.length });
      response.write(tar.subarray(0, 50_000), () => response.destroy());
    },
    'context-unreachable',
  ],
  [
    'ends early without a length',
    (tar) => body(gzipSync(tar.subarray(0, 50_000)), { etag: '"1"', 'content-encoding': 'gzip' }),
    'context-unreadable',
  ],
])('a context that %s while it is sent is an error, and never a part of one', async (_what, second, code) => {
  const tar = makeTar();
  const server = await startWebServer({ '/context': [body(tar, { etag: '"1"' }), second(tar)] });
  const context = await source.open(request(`${server.url}/context`), testRun());
  await expect(filesOf(context)).rejects.toMatchObject({ code });
});

test('what this machine can not reach is left to the executor, with a warning', async () => {
  const url = 'https://user:hunter2@127.0.0.1:1/context.tar.gz?signature=hunter2';
  const context = await source.open(request(`${url.replace('https', 'HTTPS')}#token=hunter2`), testRun());
  expect(context).toMatchObject({
    kind: 'remote',
    dockerfile: 'Dockerfile',
    warnings: [{ code: 'context-unseen', message: expect.stringContaining('ECONNREFUSED') as string }],
    delivery: { context: url, isSecret: true, args: [], env: {}, secretEnv: {} },
  });
  expect(JSON.stringify(context.warnings)).not.toContain('hunter2');
  await expect(source.open(request(url, { fetch: 'client' }), testRun())).rejects.toMatchObject({
    code: 'context-unreachable',
  });
});

test.each<[what: string, reference: string, more: Partial<ContextRequest>, words: string]>([
  ['http', 'http://127.0.0.1:1/a', {}, 'https only'],
  [
    'an executor that is too old',
    'https://127.0.0.1:1/a',
    {
      executor: { executor: 'google 1.3.0', kinds: [], hasSubPath: true, gitOptions: [], hasGitRefs: false },
    },
    'google 1.3.0',
  ],
])('the executor can not be told to fetch: %s', async (_what, reference, more, words) => {
  const opening = source.open(request(reference, { fetch: 'executor', ...more }), testRun());
  await expect(opening).rejects.toMatchObject({
    code: 'context-fetch-unsupported',
    message: expect.stringContaining(words) as string,
  });
});

test('a malformed URL is refused without being repeated', async () => {
  const opening = source.open(request('https://user:hunter2@'), testRun());
  await expect(opening).rejects.toMatchObject({ code: 'context-url-invalid' });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') as string });
});

test('a server that stops answering ends with the abort', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const silent: Answer = (response) => response.writeHead(200).write('x', () => controller.abort(reason));
  const server = await startWebServer({ '/context': [silent] });
  await expect(source.open(request(`${server.url}/context`), testRun(controller.signal))).rejects.toBe(
    reason,
  );
});
