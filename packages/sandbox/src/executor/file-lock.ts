import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { makeFolder } from '@kanikit/toolkit/folders';

/** What to tell whoever waits, and when to give up waiting. */
export interface FileLockOptions {
  readonly signal: AbortSignal;
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void;
}

/** How long a free lock may take before the wait is worth a word. */
const quietWaitMs = 300;

/**
 * Runs `action` while this process alone holds the lock on `file`. The kernel holds it (`flock`), so it ends with the process, however that
 * ends. Throws `lock-unavailable` where the machine has no `flock` program, and the signal's reason when aborted.
 */
export async function withFileLock<T>(
  file: string,
  options: FileLockOptions,
  action: () => Promise<T>,
): Promise<T> {
  options.signal.throwIfAborted();
  await makeFolder(dirname(file));
  // `cat` ends when our end of its stdin closes, and that happens on kill -9, too.
  const holder = spawn('flock', ['-x', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  holder.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    holder.once('close', () => resolve());
    holder.once('error', () => resolve());
  });
  try {
    await held(holder.stdout, ended, file, options);
    return await action();
  } finally {
    // One that has ended by itself may have left its number to another process.
    if (holder.pid !== undefined && holder.exitCode === null && holder.signalCode === null)
      killTree(holder.pid);
    await ended;
  }
}

async function held(
  output: NodeJS.ReadableStream,
  ended: Promise<void>,
  file: string,
  options: FileLockOptions,
): Promise<void> {
  const timer = setTimeout(() => options.onWait?.(), quietWaitMs);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    const won = await Promise.race([
      once(output, 'data', { signal }).then(() => true),
      ended.then(() => false),
    ]).catch((error: unknown) => {
      options.signal.throwIfAborted();
      throw error;
    });
    if (won) return;
    throw new KanikitError({
      code: 'lock-unavailable',
      message: `Locking ${file} failed: the program "flock" did not start or ended at once.`,
      hint: 'Install util-linux (it holds flock) and check that the folder can be written.',
    });
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function killTree(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
