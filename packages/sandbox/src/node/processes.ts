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

/** True while the marked process exists and is not a zombie. */
export async function isRunning(mark: ProcessMark): Promise<boolean> {
  const stat = await readStat(mark.pid);
  return (
    stat !== undefined &&
    stat.state !== 'Z' &&
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

async function readStat(
  pid: number,
): Promise<{ readonly state: string; readonly parent: number; readonly startTicks: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name in brackets may hold anything, brackets too: fields count from the last one.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields.length < 20) return undefined;
  return { state: fields[0]!, parent: Number(fields[1]), startTicks: fields[19]! };
}

let boot: string | undefined;

async function bootId(): Promise<string> {
  boot ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return boot;
}
