import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createScriptedRuntime } from '../scripted/scripted-runtime.ts';
import { loadCertificate } from './certificates.ts';
import type { SandboxDescription } from './description.ts';
import type { SandboxOptions } from './options.ts';
import { requireLinux } from './require-linux.ts';
import { startSandbox } from './start-sandbox.ts';
import { sandboxStatus } from './status.ts';

let root: string;
let options: SandboxOptions;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kanikit-sandbox-'));
  const runtime = createScriptedRuntime({ script: async () => ({ exitCode: 0 }) });
  // Ports of its own: the usual ones may be in use by a developer's sandbox.
  const ports = { api: 0, registry: 0, bucket: 0, bucketHttp: 0 };
  options = { folder: join(root, 'sandbox'), runtime, hasBaseImage: false, ports };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A request that trusts the sandbox's authority and nothing else. */
async function call(sandbox: SandboxDescription, method: string, path: string, body = ''): Promise<unknown> {
  const message = request(`${sandbox.apiServer}${path}`, {
    method,
    ca: sandbox.authority,
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
    agent: false,
  }).end(body);
  const [response] = (await once(message, 'response')) as [NodeJS.ReadableStream];
  return json(response);
}

test('serves the API, a registry and a bucket on loopback, with certificates of its own', async () => {
  await using sandbox = await startSandbox(options);
  const { description } = sandbox;
  expect(await call(description, 'GET', '/version')).toMatchObject({ major: '1', minor: '34' });
  expect((await fetch(`http://${description.registry}/v2/`)).status).toBe(401);
  expect((await fetch(`${description.bucket.endpointHttp}/kanikit`)).status).toBe(403);
  const secure = request(`${description.bucket.endpoint}/kanikit`, {
    ca: description.authority,
    agent: false,
  }).end();
  const [response] = (await once(secure, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  expect(response.statusCode).toBe(403);
});

test('keeps objects, credentials and ports over a restart, readable by their owner alone', async () => {
  const { ports: _ports, ...free } = options;
  const first = await startSandbox(options);
  const secret = JSON.stringify({ metadata: { name: 's' } });
  await call(first.description, 'POST', '/api/v1/namespaces/default/secrets', secret);
  await first.close();
  await using second = await startSandbox(free);
  expect(second.description).toEqual({ ...first.description });
  expect(await call(second.description, 'GET', '/api/v1/namespaces/default/secrets/s')).toMatchObject({
    metadata: { name: 's' },
  });
  const { folder } = second.description;
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ['kubeconfig', 'credentials.json', 'running.json', 'sandbox.json', 'tls/server-key.pem'])
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  expect(JSON.parse(readFileSync(join(folder, 'kubeconfig'), 'utf8'))).toMatchObject({
    'current-context': 'kanikit-sandbox',
  });
});

test('runs once in a folder', async () => {
  await using sandbox = await startSandbox(options);
  await expect(startSandbox(options)).rejects.toMatchObject({
    code: 'sandbox-running',
    message: expect.stringContaining(`process ${process.pid} is running one there`),
  });
  expect(await call(sandbox.description, 'GET', '/version')).toMatchObject({ major: '1' });
});

test('a port that is taken is an error only when it is insisted on', async () => {
  const first = await startSandbox(options);
  await first.close();
  const port = Number(new URL(first.description.apiServer).port);
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  try {
    await expect(startSandbox({ ...options, ports: { api: port } })).rejects.toMatchObject({
      code: 'sandbox-port-taken',
      message: `Starting the sandbox's api on 127.0.0.1:${port} failed: the port is taken by another program.`,
    });
    const { ports: _ports, ...free } = options;
    await using sandbox = await startSandbox(free);
    expect(sandbox.description.apiServer).not.toBe(first.description.apiServer);
    expect((other.address() as AddressInfo).port).toBe(port);
  } finally {
    other.close();
  }
});

test('leaves folders of others alone', async () => {
  mkdirSync(options.folder!);
  writeFileSync(join(options.folder!, 'thesis.txt'), 'x');
  await expect(startSandbox(options)).rejects.toMatchObject({ code: 'sandbox-folder-in-use' });
});

test('says where no folder can be', async () => {
  writeFileSync(options.folder!, 'a file');
  const below = { ...options, folder: join(options.folder!, 'sandbox') };
  expect(await sandboxStatus(below.folder)).toMatchObject({ state: 'absent' });
  for (const folder of [options.folder!, below.folder]) {
    await expect(startSandbox({ ...below, folder })).rejects.toMatchObject({
      code: 'sandbox-folder-unwritable',
      message: expect.stringContaining(`Making the folder ${folder} of the sandbox failed: E`),
      hint: expect.stringContaining('XDG_DATA_HOME'),
    });
  }
});

test('says so when its own files are broken', async () => {
  mkdirSync(options.folder!);
  writeFileSync(join(options.folder!, 'sandbox.json'), '{');
  await expect(startSandbox(options)).rejects.toMatchObject({ code: 'sandbox-broken' });
});

test('a start that is cancelled leaves the folder free', async () => {
  const signal = AbortSignal.abort();
  await expect(startSandbox({ ...options, signal })).rejects.toThrow('aborted');
  await using sandbox = await startSandbox(options);
  expect(sandbox.description.pid).toBe(process.pid);
});

test('certificates are kept, and made anew before they expire', async () => {
  const folder = join(root, 'tls');
  const first = await loadCertificate(folder);
  expect(await loadCertificate(folder)).toEqual(first);
  const nearTheEnd = Date.now() + 9.99 * 365 * 24 * 3600 * 1000;
  expect(await loadCertificate(folder, nearTheEnd)).not.toEqual(first);
});

test('is for Linux', () => {
  expect(() => requireLinux('darwin')).toThrow(/runs builds as Linux processes, and this is darwin/);
});
