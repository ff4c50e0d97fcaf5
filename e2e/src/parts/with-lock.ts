import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs `action` while no other process holds the lock on `file`. The kernel frees it when this process ends, however it ends. */
export async function withLock<T>(file: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  // `cat` ends with its stdin, and that is closed when this process is gone.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(holder, 'exit');
  try {
    await Promise.race([
      once(holder.stdout, 'data', { signal }),
      exited.then(() => {
        throw new Error(`locking ${file} with flock failed`);
      }),
    ]);
    return await action();
  } finally {
    holder.stdin.end();
    // Still waiting for the lock, it has not read its stdin yet.
    holder.kill();
    await exited.catch(() => undefined);
  }
}
