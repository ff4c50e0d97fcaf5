import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '@kanikit/sandbox/go-program';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestSandbox, type TestSandbox } from '../parts/test-sandbox.ts';
import { createBuild } from './build-pod.ts';
import { hasEnded, podApi, type PodApi } from './pod-api.ts';

let test: TestSandbox;
let api: PodApi;
let work: string;
let probe: Buffer;
let files: Server;
let bystander: ChildProcess;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'kanikit-hostile-'));
  const outputFile = join(work, 'probe');
  const moduleFolder = fileURLToPath(new URL('probe', import.meta.url));
  await buildGoProgram({ moduleFolder, packagePath: '.', outputFile, signal: AbortSignal.timeout(300_000) });
  probe = await readFile(outputFile);
  files = createServer((_request, response) => response.end(probe)).listen(0, '127.0.0.1');
  bystander = spawn('sleep', ['3600'], { stdio: 'ignore' });
  test = await startTestSandbox();
  api = podApi(test.description);
});

afterAll(async () => {
  bystander.kill();
  files.close();
  await test[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

/** What a build must not change. */
async function machineState(guard: string): Promise<Record<string, unknown>> {
  const digest = async (path: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  const { mode, uid, mtimeMs } = await stat(guard);
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  return {
    guard: [await digest(guard), mode, uid, mtimeMs],
    resolver: await digest('/etc/resolv.conf'),
    hosts: await digest('/etc/hosts'),
    mounts: await readFile('/proc/self/mountinfo', 'utf8'),
    hostname: await readFile('/proc/sys/kernel/hostname', 'utf8'),
    corePattern: await readFile('/proc/sys/kernel/core_pattern', 'utf8'),
    forwarding: await read('/proc/sys/net/ipv4/ip_forward'),
    hugePages: await read('/sys/kernel/mm/transparent_hugepage/enabled'),
    bystander: [bystander.exitCode, bystander.signalCode],
    nullDevice: (await stat('/dev/null')).mode,
    controlGroups: (await foldersBelow('/sys/fs/cgroup')).filter((path) => path.endsWith('evil')),
  };
}

async function foldersBelow(path: string): Promise<readonly string[]> {
  const names = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders = names.filter((name) => name.isDirectory()).map(({ name }) => join(path, name));
  return [...folders, ...(await Promise.all(folders.map(foldersBelow))).flat()];
}

it('a build that writes, chmods, mounts and kills everywhere changes nothing outside its pod', async () => {
  const guard = join(work, 'guard');
  await writeFile(guard, 'what nobody may touch');
  await chmod(guard, 0o640);
  const before = await machineState(guard);
  const { port } = files.address() as AddressInfo;
  await createBuild(api, {
    name: 'hostile',
    files: {
      Dockerfile: [
        `FROM ${test.description.baseImage}`,
        `ADD http://127.0.0.1:${port}/probe /probe`,
        `RUN chmod 755 /probe && PROBE_REGISTRY=${test.description.registry} /probe ${guard}`,
      ].join('\n'),
    },
    args: ['--no-push', '--insecure', '--insecure-pull'],
    dockerConfig: test.description.dockerConfig,
  });
  const status = await api.until('hostile', hasEnded);
  const log = await api.log('hostile');
  expect(log).not.toContain('probe ESCAPED');
  expect(log).not.toContain('probe open folder');
  expect(log).toContain('probe allowed: kills every process it can see');
  for (const method of ['GET', 'POST', 'DELETE'])
    expect(log).toContain(`probe denied: registry without a password: ${method}`);
  // The whole list of attempts ran; a probe that stops early proves nothing.
  expect(log.match(/^probe denied: /gm)?.length).toBeGreaterThan(60);
  expect(status.containerStatuses?.[0]?.state.terminated?.message).toBe('spoiled');
  expect(await machineState(guard)).toEqual(before);

  await api.remove('hostile');
  const group = status.containerStatuses?.[0]?.containerID?.slice('kanikit://'.length).slice(0, 24) ?? 'none';
  const ownGroups = async (): Promise<readonly string[]> =>
    (await foldersBelow('/sys/fs/cgroup')).filter((path) => path.includes(group));
  expect(group).toMatch(/^[0-9a-f]{24}$/);
  await expect.poll(ownGroups).toEqual([]);
  const kept = await readFile(
    join(
      process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
      'kanikit/executors/google-1.24.0-linux-amd64/executor',
    ),
  ).catch(() => undefined);
  if (kept !== undefined) expect(kept.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
});
