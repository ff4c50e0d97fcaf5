import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resetSandbox, sandboxStatus, startSandboxDaemon, stopSandboxDaemon } from '../index.ts';
import { awaitHolder } from './folder-lock.ts';

const ports = { api: 0, registry: 0, bucket: 0, bucketHttp: 0 };
let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kanikit-daemon-'));
  folder = join(root, 'sandbox');
});
afterEach(async () => {
  await stopSandboxDaemon(folder);
  rmSync(root, { recursive: true, force: true });
});

/** Waits until no process holds the folder. */
async function isFree(): Promise<void> {
  await awaitHolder(folder, (holder) => holder === undefined, AbortSignal.timeout(10_000));
}

test('goes up once, tells where it is, goes down, and is forgotten', async () => {
  expect(await sandboxStatus(folder)).toEqual({ state: 'absent', folder });
  const sandbox = await startSandboxDaemon({ folder, ports, hasBaseImage: false });
  expect(sandbox.pid).not.toBe(process.pid);
  expect(await startSandboxDaemon({ folder })).toEqual(sandbox);
  expect(await sandboxStatus(folder)).toMatchObject({
    state: 'running',
    pid: sandbox.pid,
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
    sandbox,
  });
  expect(await stopSandboxDaemon(folder)).toBe(true);
  expect(await sandboxStatus(folder)).toEqual({ state: 'stopped', folder });
  expect(await stopSandboxDaemon(folder)).toBe(false);
  await resetSandbox(folder);
  expect(existsSync(folder)).toBe(false);
  await expect(resetSandbox(folder)).rejects.toMatchObject({ code: 'sandbox-absent' });
});

test('two starts at once share one daemon', async () => {
  const both = [0, 1].map(() => startSandboxDaemon({ folder, ports, hasBaseImage: false }));
  const [one, other] = await Promise.all(both);
  expect(one?.pid).toBe(other?.pid);
});

test('is known to be gone after kill -9, and comes up again', async () => {
  const { pid } = await startSandboxDaemon({ folder, ports, hasBaseImage: false });
  process.kill(pid, 'SIGKILL');
  await isFree();
  expect(await sandboxStatus(folder)).toEqual({ state: 'stopped', folder });
  expect((await startSandboxDaemon({ folder, hasBaseImage: false })).pid).not.toBe(pid);
});

test('a daemon that does not stop by itself is killed', async () => {
  const { pid } = await startSandboxDaemon({ folder, ports, hasBaseImage: false });
  process.kill(pid, 'SIGSTOP');
  await expect(stopSandboxDaemon(folder, { graceMs: 200 })).resolves.toBe(true);
  expect(await sandboxStatus(folder)).toEqual({ state: 'stopped', folder });
});

test('a start that fails says why', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  try {
    const { port } = other.address() as AddressInfo;
    await expect(startSandboxDaemon({ folder, ports: { ...ports, registry: port } })).rejects.toMatchObject({
      code: 'sandbox-port-taken',
    });
    expect(readFileSync(join(folder, 'daemon.log'), 'utf8')).toContain('start failed');
    expect((await sandboxStatus(folder)).state).toBe('absent');
  } finally {
    other.close();
  }
});

test('a start that is cancelled leaves no daemon', async () => {
  const cancel = new AbortController();
  const started = startSandboxDaemon({
    folder,
    ports,
    signal: cancel.signal,
    onProgress: () => cancel.abort(),
  });
  await expect(started).rejects.toThrow('aborted');
  await isFree();
  expect((await sandboxStatus(folder)).state).toBe('stopped');
});
