import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptedRuntime } from '../scripted/scripted-runtime.ts';
import type { Sandbox } from './description.ts';
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
  expect((await ask(`http://${sandbox.description.registry}/v2/`, { host }))[0]).toBe(200);
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

/** What a program of another user gets: node in a process of its own, with the user id of `nobody`. */
async function askAsNobody(url: string, authorization = ''): Promise<number> {
  const program = `const r = await fetch(${JSON.stringify(url)}, { headers: ${JSON.stringify(
    authorization === '' ? {} : { authorization },
  )} }); console.log(r.status);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(await text(child.stdout));
}

test.runIf(process.getuid?.() === 0)('processes of another user need the password', async () => {
  const { registry, registryCredentials, dockerConfig } = sandbox.description;
  const catalog = `http://${registry}/v2/_catalog`;
  expect((await ask(catalog, {}))[0]).toBe(200);
  expect(await askAsNobody(catalog)).toBe(401);
  const basic = Buffer.from(`${registryCredentials.username}:${registryCredentials.password}`);
  expect(await askAsNobody(catalog, `Basic ${basic.toString('base64')}`)).toBe(200);
  const file = join(dockerConfig, 'config.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    auths: { [registry]: { auth: basic.toString('base64') } },
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
