import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** One process for sure: ids come round again, an id with its start time does not (within one boot). */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTicks: string;
  readonly bootId: string;
}

/** Marks a running process; undefined when it is gone. */
export async function markProcess(pid: number): Promise<ProcessMark | undefined> {
  const stat = await readStat(pid);
  return stat === undefined ? undefined : { pid, startTicks: stat.startTicks, bootId: await bootId() };
}

/** Sends a signal to exactly the marked process. Returns false when it is gone. */
export async function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(mark))) return false;
  try {
    process.kill(mark.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** True while the marked process exists and has a thread that has not ended. */
export async function isRunning(mark: ProcessMark): Promise<boolean> {
  const stat = await readStat(mark.pid);
  return (
    stat !== undefined &&
    stat.isAlive &&
    stat.startTicks === mark.startTicks &&
    mark.bootId === (await bootId())
  );
}

/** Waits until a process that was killed is gone. Returns false when it is still there after `timeoutMs`. */
export async function waitUntilGone(mark: ProcessMark, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (await isRunning(mark)) {
    if (performance.now() > end) return false;
    await delay(10);
  }
  return true;
}

/** The only child of a process, in the sandbox: the first process of a container. */
export async function childOf(parent: number): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readStat(Number(name));
    if (stat?.parent === parent) return Number(name);
  }
  return undefined;
}

interface ProcessStat {
  readonly isAlive: boolean;
  readonly parent: number;
  readonly startTicks: string;
}

async function readStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseStat(text);
}

/** Reads `/proc/PID/stat`. */
export function parseStat(text: string): ProcessStat | undefined {
  // The name in brackets may hold anything, brackets too: fields count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return undefined;
  // The kernel shows the state of the first thread: one that has ended, while others still hold files, ports and mounts.
  const isAlive = fields[0] !== 'Z' || Number(fields[17]) > 1;
  return { isAlive, parent: Number(fields[1]), startTicks: fields[19]! };
}

let boot: string | undefined;

async function bootId(): Promise<string> {
  boot ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return boot;
}
