import { gzipSync } from 'node:zlib';
import { testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { fetchDockerfile } from './fetch-dockerfile.ts';
import { type Answer, body, startWebServer, status } from './web-server.test.helper.ts';

test.each<[what: string, answers: Answer[]]>([
  ['as it is', [body('FROM scratch')]],
  ['compressed on the way', [body(gzipSync('FROM scratch'), { 'content-encoding': 'gzip' })]],
  ['behind a redirect', [status(302, { location: '/other' })]],
  ['after errors of the server', [status(503), status(502), body('FROM scratch')]],
  ['after a broken connection', [(response) => response.destroy(), body('FROM scratch')]],
])('a Dockerfile %s', async (_what, answers) => {
  const server = await startWebServer({ '/Dockerfile': answers, '/other': [body('FROM scratch')] });
  expect((await fetchDockerfile(`${server.url}/Dockerfile`, testRun())).toString()).toBe('FROM scratch');
});

test('user and password are sent to their server, and to no other', async () => {
  const other = await startWebServer({ '/Dockerfile': [body('FROM scratch')] });
  const server = await startWebServer({
    '/Dockerfile': [status(307, { location: `${other.url}/Dockerfile` })],
  });
  await fetchDockerfile(`${server.url.replace('://', '://user:p%40ss@')}/Dockerfile`, testRun());
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('user:p@ss')}`);
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test.each<[what: string, answers: Answer[], code: string, words: string]>([
  ['is missing', [status(404)], 'dockerfile-missing', '404'],
  ['may not be read', [status(403)], 'dockerfile-unreadable', '403'],
  ['is behind a server that keeps failing', [status(500)], 'dockerfile-unreadable', '500'],
  [
    'is in a circle of redirects',
    [status(301, { location: '/Dockerfile' })],
    'dockerfile-unreadable',
    '10 times',
  ],
  ['is too large', [body(Buffer.alloc(17 * 1024 * 1024))], 'dockerfile-unreadable', '16 MiB'],
  [
    'breaks off',
    [
      (response) =>
        void response.writeHead(200, { 'content-length': 99 }).write('FROM', () => response.destroy()),
    ],
    'dockerfile-unreadable',
    'aborted',
  ],
  ['is no gzip', [body('FROM', { 'content-encoding': 'gzip' })], 'dockerfile-unreadable', 'header'],
])('refuses one that %s, without the credentials in its URL', async (_what, answers, code, words) => {
  const server = await startWebServer({ '/Dockerfile': answers });
  const url = `${server.url.replace('://', '://user:hunter2@')}/Dockerfile?token=hunter2`;
  const error: unknown = await fetchDockerfile(url, testRun()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
  expect(String(error)).toContain(`${server.url}/Dockerfile`);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

test('a server that never answers ends with the abort', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const server = await startWebServer({ '/Dockerfile': [() => controller.abort(reason)] });
  await expect(fetchDockerfile(`${server.url}/Dockerfile`, testRun(controller.signal))).rejects.toBe(reason);
});
