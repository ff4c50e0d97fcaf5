import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptedRuntime } from '../scripted/scripted-runtime.ts';
import type { Sandbox } from './description.ts';
import { isOwnProcess } from './loopback-gate.ts';
import { startSandbox } from './start-sandbox.ts';

let root: string;
let sandbox: Sandbox;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'kanikit-gate-'));
  const runtime = createScriptedRuntime({ script: async () => ({ exitCode: 0 }) });
  const ports = { api: 0, registry: 0, bucket: 0, bucketHttp: 0 };
  sandbox = await startSandbox({ folder: join(root, 'sandbox'), runtime, hasBaseImage: false, ports });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(root, { recursive: true, force: true });
});

async function ask(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<readonly [status: number | undefined, body: string]> {
  const message = request(url, { method, headers, agent: false }).end();
  const [response] = (await once(message, 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response)];
}

const hosts = ['127.0.0.1:1', 'localhost', 'LOCALHOST:5000', '[::1]:80', 'registry.localhost', '127.0.0.53'];
test.each(hosts)('answers requests for %s', async (host) => {
  expect((await ask(`http://${sandbox.description.registry}/v2/`, { host }))[0]).toBe(401);
});

const pages: readonly Record<string, string>[] = [
  { host: 'evil.example.com' },
  { host: 'localhost.evil.example.com' },
  { host: '127.0.0.1.nip.io' },
  { host: '169.254.169.254' },
  { origin: 'http://evil.example.com' },
  { origin: 'null' },
];
test.each(pages)('registry and bucket refuse what a page in a browser sends: %j', async (headers) => {
  const { registry, bucket } = sandbox.description;
  for (const url of [`http://${registry}/v2/_catalog`, `${bucket.endpointHttp}/kanikit`])
    for (const method of ['GET', 'POST', 'DELETE'])
      expect(await ask(url, headers, method)).toEqual([403, expect.stringContaining('refuses')]);
});

const secretOf = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

const paths = ['', '_catalog', 'a/tags/list', 'a/manifests/1', 'a/blobs/uploads/', 'A/../b', 'nothing'];
test.each(paths)('every request to the registry needs the password: /v2/%s', async (path) => {
  const { registry, registryCredentials } = sandbox.description;
  const { username, password } = registryCredentials;
  const url = `http://${registry}/v2/${path}`;
  const wrong = [
    undefined,
    '',
    'Basic',
    secretOf(username, ''),
    secretOf(username, `${password}x`),
    secretOf('root', password),
    `Bearer ${password}`,
  ];
  for (const authorization of wrong)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const message = request(url, { method, agent: false, headers: authorization ? { authorization } : {} });
      const [response] = (await once(message.end(), 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Basic realm="[^"]+"/);
      const body = await text(response);
      if (method !== 'HEAD')
        expect(JSON.parse(body)).toEqual({
          errors: [{ code: 'UNAUTHORIZED', message: expect.any(String) }],
        });
    }
  expect((await ask(url, { authorization: secretOf(username, password) }))[0]).not.toBe(401);
});

test('the docker configuration holds the password for every name of the registry, for its owner alone', () => {
  const { registry, registryCredentials, dockerConfig } = sandbox.description;
  const { username, password } = registryCredentials;
  const entry = { auth: secretOf(username, password).slice('Basic '.length) };
  const file = join(dockerConfig, 'config.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    auths: { [registry]: entry, [registry.replace('127.0.0.1', 'localhost')]: entry },
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

/** Runs as `nobody`: what a program of another user gets for a URL. */
async function statusForNobody(url: string): Promise<number> {
  const program = `console.log((await fetch(${JSON.stringify(url)})).status);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(await text(child.stdout));
}

test.runIf(process.getuid?.() === 0)('processes of another user are told apart', async () => {
  const server = createServer((message, response) => {
    void isOwnProcess(message).then((isOwn) => response.writeHead(isOwn ? 200 : 403).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect((await ask(url, {}))[0]).toBe(200);
    expect(await statusForNobody(url)).toBe(403);
  } finally {
    server.close();
  }
});
