import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGitProgram } from './open-git-program.ts';
import { startTimeLimit } from './time-limit.ts';

/** Addresses that were asked for, of the server and of the proxy. */
let asked: string[];
let servers: http.Server[];
let address: string;
let proxy: string;

async function start(name: string): Promise<string> {
  const server = http.createServer((request, response) => {
    asked.push(`${name} ${request.url?.split('?')[0]}`);
    response.writeHead(404).end();
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  asked = [];
  servers = [];
  address = await start('server');
  proxy = await start('proxy');
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function lookAt(url: string, env: Readonly<Record<string, string>>): Promise<void> {
  const access = { url, credentials: undefined, certificateAuthorities: undefined, env };
  await using workspace = await openGitProgram(access);
  const time = startTimeLimit(20_000);
  const call = { args: ['ls-remote', url], folder: workspace.folder, doing: 'looking', time };
  const run = { signal: AbortSignal.timeout(20_000), now: Date.now };
  await workspace.git
    .run(call, run)
    .catch((error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^git-/) }));
}

test('git asks this machine without the proxy, whatever its name', async () => {
  await lookAt(`${address}/a.git`, { http_proxy: proxy, HTTP_PROXY: proxy });
  await lookAt(`${address.replace('127.0.0.1', 'localhost')}/b.git`, { http_proxy: proxy });
  expect(asked).toEqual(['server /a.git/info/refs', 'server /b.git/info/refs']);
});

test('and others through it, by the rules of Go', async () => {
  await lookAt('http://git.test/a.git', { HTTP_PROXY: proxy });
  await lookAt('http://git.test/b.git', { HTTP_PROXY: proxy, NO_PROXY: 'git.test:8080' });
  await lookAt('http://git.test/c.git', { HTTP_PROXY: proxy, NO_PROXY: 'git.test:80' });
  const path = (name: string): string => `proxy http://git.test/${name}.git/info/refs`;
  expect(asked).toEqual([path('a'), path('b')]);
});
