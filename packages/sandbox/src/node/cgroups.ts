import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../executor/run-command.ts';
import { toolPath } from './host-tools.ts';

/** The control groups of one container. */
export interface ContainerCgroups {
  /** Files that the first process writes itself into. */
  readonly processFiles: readonly string[];
  /** Folders to remove afterwards. */
  readonly folders: readonly string[];
  /** A limit that this machine cannot enforce, in words. */
  readonly missing: string | undefined;
  /** True when the kernel killed something of the container for want of memory. */
  wasOutOfMemory(): Promise<boolean>;
}

export interface CgroupLimits {
  readonly memoryBytes: number | undefined;
  readonly cpus: number | undefined;
}

const mountPoint = '/sys/fs/cgroup';
const parentName = 'kanikit-sandbox';
/** Far above any build; a fork bomb must not take the machine with it. */
const processLimit = 16_384;
const cpuPeriodMicroseconds = 100_000;
const removalTimeoutMs = 60_000;

/** Makes control groups with these limits, version 1 or 2, whichever holds the controllers and can be written. */
export async function createCgroups(id: string, limits: CgroupLimits): Promise<ContainerCgroups> {
  const controllers = await readFile(join(mountPoint, 'cgroup.controllers'), 'utf8').catch(() => undefined);
  try {
    return controllers === undefined ? await createV1(id, limits) : await createV2(id, limits);
  } catch (error) {
    const wanted = limits.memoryBytes !== undefined || limits.cpus !== undefined;
    return {
      processFiles: [],
      folders: [],
      missing: wanted
        ? `this machine lets the sandbox make no control groups (${(error as Error).message})`
        : undefined,
      wasOutOfMemory: () => Promise.resolve(false),
    };
  }
}

/** The limits are those of the outer group. The container is in the inner one and sees no other: what it changes there lifts no limit. */
const innerName = 'container';

async function createV1(id: string, limits: CgroupLimits): Promise<ContainerCgroups> {
  const group = (controller: string): string => join(mountPoint, controller, parentName, id);
  const memory = group('memory');
  const folders: string[] = [];
  await makeGroup(memory, folders);
  if (limits.memoryBytes !== undefined) {
    const bytes = String(Math.floor(limits.memoryBytes));
    await writeFile(join(memory, 'memory.limit_in_bytes'), bytes);
    // Swap counts, too; absent where the kernel does not account for it.
    await writeFile(join(memory, 'memory.memsw.limit_in_bytes'), bytes).catch(ignoreMissing);
  }
  const hasProcesses = await makeGroup(group('pids'), folders).then(
    () => true,
    () => false,
  );
  if (hasProcesses)
    await writeFile(join(group('pids'), 'pids.max'), String(processLimit)).catch(ignoreMissing);
  if (limits.cpus !== undefined) {
    await makeGroup(group('cpu'), folders);
    const quota = Math.max(1000, Math.round(limits.cpus * cpuPeriodMicroseconds));
    await writeFile(join(group('cpu'), 'cpu.cfs_quota_us'), String(quota)).catch(ignoreMissing);
  }
  return {
    processFiles: folders.map((folder) => join(folder, innerName, 'cgroup.procs')),
    folders,
    missing: undefined,
    // Version 1 counts where the process was.
    wasOutOfMemory: () => counts(join(memory, innerName, 'memory.oom_control')),
  };
}

async function makeGroup(folder: string, folders: string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  folders.push(folder);
  // Kernels before 5.11 count the memory of inner groups only where that is asked for.
  await writeFile(join(folder, 'memory.use_hierarchy'), '1').catch(() => undefined);
  await mkdir(join(folder, innerName), { recursive: true });
}

async function createV2(id: string, limits: CgroupLimits): Promise<ContainerCgroups> {
  const parent = join(mountPoint, parentName);
  const folder = join(parent, id);
  await mkdir(parent, { recursive: true });
  for (const place of [mountPoint, parent]) {
    await writeFile(join(place, 'cgroup.subtree_control'), '+memory +cpu +pids');
  }
  // The outer group hands no controller on: the inner one has no limits that could be set.
  await mkdir(join(folder, innerName), { recursive: true });
  await writeFile(join(folder, 'pids.max'), String(processLimit)).catch(ignoreMissing);
  if (limits.memoryBytes !== undefined) {
    await writeFile(join(folder, 'memory.max'), String(Math.floor(limits.memoryBytes)));
    await writeFile(join(folder, 'memory.swap.max'), '0').catch(ignoreMissing);
    // As the kubelet does since 1.28: what runs out of memory dies as a whole.
    await writeFile(join(folder, 'memory.oom.group'), '1').catch(ignoreMissing);
  }
  if (limits.cpus !== undefined) {
    const quota = Math.max(1000, Math.round(limits.cpus * cpuPeriodMicroseconds));
    await writeFile(join(folder, 'cpu.max'), `${quota} ${cpuPeriodMicroseconds}`);
  }
  return {
    processFiles: [join(folder, innerName, 'cgroup.procs')],
    folders: [folder],
    missing: undefined,
    wasOutOfMemory: () => counts(join(folder, 'memory.events')),
  };
}

async function counts(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0) > 0;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') throw error;
}

/** The kernel may need a moment after the last process. */
const removalAttempts = 50;

/** Removes the groups with all that were made in them. Throws when one stays. */
export async function removeCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 1; await isThere(folder); attempt++) {
      // `find` and not a walk of our own: it takes paths longer than the system does in one call.
      const result = await runCommand('find', [folder, '-depth', '-type', 'd', '-delete'], {
        signal: AbortSignal.timeout(removalTimeoutMs),
        env: { PATH: toolPath, LC_ALL: 'C' },
      });
      if (result.exitCode === 0) break;
      if (attempt === removalAttempts)
        throw new Error(`removing the control group ${folder} failed: ${result.errorTail.slice(0, 500)}`);
      await delay(20);
    }
  }
}

function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}

/** Removes the common parents when no other sandbox uses them. */
export async function removeCgroupParents(): Promise<void> {
  for (const place of ['memory', 'cpu', 'pids', '.']) {
    const folder = join(mountPoint, place, parentName);
    const inside = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (inside.some((entry) => entry.isDirectory())) continue;
    await rmdir(folder).catch(() => undefined);
  }
}
