import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandboxDaemon, stopSandboxDaemon } from '@kanikit/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBuild } from './build-pod.ts';
import { podApi } from './pod-api.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-crash-'));
});

afterAll(async () => {
  await stopSandboxDaemon(folder);
  await rm(folder, { recursive: true, force: true });
});

interface ContainerRecord {
  readonly processes: readonly { readonly pid: number }[];
  readonly cgroups: readonly string[];
}

const exists = (path: string): Promise<boolean> =>
  readdir(path).then(
    () => true,
    () => false,
  );

it('killing the sandbox ends its builds; the next one reports them lost and serves their logs', async () => {
  const first = await startSandboxDaemon({ folder });
  const before = podApi(first);
  const Dockerfile = `FROM ${first.baseImage}\nRUN echo still here && sleep 300\n`;
  const args = ['--no-push', '--insecure', '--insecure-pull'];
  await createBuild(before, {
    name: 'orphan',
    files: { Dockerfile },
    args,
    dockerConfig: first.dockerConfig,
  });
  await expect
    .poll(() => before.log('orphan').catch(() => ''), { timeout: 60_000 })
    .toContain('still here\n');
  const pods = join(folder, 'node', 'pods');
  const [uid = ''] = await readdir(pods);
  const record = JSON.parse(await readFile(join(pods, uid, 'container.json'), 'utf8')) as ContainerRecord;
  expect(record.processes.length).toBe(2);

  process.kill(first.pid, 'SIGKILL');
  for (const { pid } of record.processes) {
    await expect.poll(() => exists(`/proc/${pid}/task`), { timeout: 5000 }).toBe(false);
  }
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  expect(mounts).not.toContain(folder);
  const processes = await promisify(execFile)('ps', ['-eo', 'args']);
  expect(processes.stdout).not.toContain(folder);

  const second = await startSandboxDaemon({ folder });
  const after = podApi(second);
  const status = await after.until('orphan', ({ phase }) => phase === 'Failed', 10_000);
  expect(status.containerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
  });
  expect(await after.log('orphan')).toContain('still here\n');
  await expect.poll(() => exists(join(pods, uid, 'root')), { timeout: 10_000 }).toBe(false);
  for (const cgroup of record.cgroups) expect(await exists(cgroup)).toBe(false);
  await after.remove('orphan');
  await expect.poll(() => readdir(pods), { timeout: 10_000 }).toEqual([]);
});
