import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

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

async function createV1(id: string, limits: CgroupLimits): Promise<ContainerCgroups> {
  const memory = join(mountPoint, 'memory', parentName, id);
  const cpu = join(mountPoint, 'cpu', parentName, id);
  const folders: string[] = [];
  await mkdir(memory, { recursive: true });
  folders.push(memory);
  if (limits.memoryBytes !== undefined) {
    const bytes = String(Math.floor(limits.memoryBytes));
    await writeFile(join(memory, 'memory.limit_in_bytes'), bytes);
    // Swap counts, too; absent where the kernel does not account for it.
    await writeFile(join(memory, 'memory.memsw.limit_in_bytes'), bytes).catch(ignoreMissing);
  }
  const processes = join(mountPoint, 'pids', parentName, id);
  const hasProcesses = await mkdir(processes, { recursive: true }).then(
    () => true,
    () => false,
  );
  if (hasProcesses) {
    folders.push(processes);
    await writeFile(join(processes, 'pids.max'), String(processLimit)).catch(ignoreMissing);
  }
  if (limits.cpus !== undefined) {
    await mkdir(cpu, { recursive: true });
    folders.push(cpu);
    const quota = Math.max(1000, Math.round(limits.cpus * cpuPeriodMicroseconds));
    await writeFile(join(cpu, 'cpu.cfs_quota_us'), String(quota)).catch(ignoreMissing);
  }
  return {
    processFiles: folders.map((folder) => join(folder, 'cgroup.procs')),
    folders,
    missing: undefined,
    wasOutOfMemory: () => counts(join(memory, 'memory.oom_control')),
  };
}

async function createV2(id: string, limits: CgroupLimits): Promise<ContainerCgroups> {
  const parent = join(mountPoint, parentName);
  const folder = join(parent, id);
  await mkdir(parent, { recursive: true });
  for (const place of [mountPoint, parent]) {
    await writeFile(join(place, 'cgroup.subtree_control'), '+memory +cpu +pids');
  }
  await mkdir(folder, { recursive: true });
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
    processFiles: [join(folder, 'cgroup.procs')],
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

/** Removes the folders; the kernel may need a moment after the last process. */
export async function removeCgroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        await rmdir(folder);
        break;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') break;
        if (code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error;
        await delay(20);
      }
    }
  }
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
