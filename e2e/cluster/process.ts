import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { layout } from './layout.ts';

/** A program of the cluster. It outlives the process that starts it. */
export interface ClusterProcess {
  /** Name of its log and of its record, e.g. `kubelet-node-1`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Time to end after SIGTERM, in milliseconds. */
const termMs = 5_000;

interface ProcessRecord {
  readonly pid: number;
  /** When it began, in ticks since the machine's start: tells a process from another that got its number. */
  readonly startedAt: string;
}

function logFileOf(name: string): string {
  return join(layout.data, 'logs', `${name}.log`);
}

/** Starts the program, unless it runs. */
export async function startProcess({ name, file, args, env }: ClusterProcess): Promise<void> {
  if (await isRunning(name)) return;
  await Promise.all([
    mkdir(join(layout.data, 'logs'), { recursive: true }),
    mkdir(layout.run, { recursive: true }),
  ]);
  const log = await open(logFileOf(name), 'a');
  try {
    const child = spawn(file, args, {
      argv0: name.startsWith('kube') || name === 'etcd' ? name.replace(/-node-\d+$/, '') : file,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...env },
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const startedAt = child.pid === undefined ? undefined : await startOf(child.pid);
    if (startedAt === undefined) throw new Error(`${name} ended at once: ${await tailOf(name)}`);
    child.unref();
    await writeFile(recordFile(name), JSON.stringify({ pid: child.pid, startedAt }));
  } finally {
    await log.close();
  }
}

/** Ends the program; resolves when it is gone. `SIGKILL` does not ask. */
export async function stopProcess(name: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  const record = await readRecord(name);
  if (record !== undefined && (await startOf(record.pid)) === record.startedAt) {
    process.kill(record.pid, signal);
    const until = performance.now() + termMs;
    while ((await startOf(record.pid)) === record.startedAt) {
      if (performance.now() > until) process.kill(record.pid, 'SIGKILL');
      await delay(20);
    }
  }
  await rm(recordFile(name), { force: true });
}

/** Holds the program, or lets it go on, without ending it. */
export async function pauseProcess(name: string, isPaused: boolean): Promise<void> {
  const record = await readRecord(name);
  if (record === undefined || (await startOf(record.pid)) !== record.startedAt)
    throw new Error(`${name} does not run`);
  process.kill(record.pid, isPaused ? 'SIGSTOP' : 'SIGCONT');
}

export async function isRunning(name: string): Promise<boolean> {
  const record = await readRecord(name);
  return record !== undefined && (await startOf(record.pid)) === record.startedAt;
}

/** Last lines of the program's log. */
async function tailOf(name: string, lines = 30): Promise<string> {
  const text = await readFile(logFileOf(name), 'utf8').catch(() => '');
  return text.split('\n').slice(-lines).join('\n');
}

/** Waits until `isReady` holds; throws with the end of the program's log when it does not, or when the program has ended. */
export async function waitUntil(
  name: string,
  isReady: () => Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isReady().catch(() => false))) {
    if (!(await isRunning(name))) throw new Error(`${name} has ended:\n${await tailOf(name)}`);
    if (performance.now() > until) throw new Error(`${name} is not ready:\n${await tailOf(name)}`);
    await delay(50);
  }
}

function recordFile(name: string): string {
  return join(layout.run, `${name}.json`);
}

async function readRecord(name: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(name), 'utf8')) as ProcessRecord;
  } catch {
    // None, or torn by a crash: either way nothing is known to run.
    return undefined;
  }
}

/** Field 22 of `/proc/PID/stat`; undefined for a process that is gone or only waits to be buried. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
