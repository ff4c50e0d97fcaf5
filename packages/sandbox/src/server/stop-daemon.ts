import { KanikitError } from '@kanikit/spec';
import { connectToHolder } from './folder-lock.ts';
import { readMarker, type SandboxPaths, sandboxPaths } from './sandbox-folder.ts';

export interface StopOptions {
  /** How long the sandbox may take to end by itself before it is killed. @default 20000 */
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Stops the sandbox of a folder with its pods; false when none was running. Its data stays. Processes and mounts that a killed sandbox
 * left behind are removed, too.
 */
export async function stopSandboxDaemon(folder?: string, options: StopOptions = {}): Promise<boolean> {
  const { graceMs = 20_000, signal } = options;
  const paths = sandboxPaths(folder);
  using connection = await connectToHolder(paths.folder);
  if (connection !== undefined) {
    const { pid } = connection.holder;
    if (pid === process.pid) throw ownProcess(paths);
    const isKilled = await endProcess(pid, connection.ended, graceMs, signal);
    if (!isKilled) return true;
  }
  if ((await readMarker(paths)) !== undefined) {
    // The whole cluster's code, needed only here.
    const { sweepNode } = await import('./sweep-node.ts');
    await sweepNode(paths);
  }
  return connection !== undefined;
}

/** Ends a process, by force after the grace time; true when force was needed. */
async function endProcess(
  pid: number,
  ended: Promise<void>,
  graceMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (pid === 0)
    throw new KanikitError({
      code: 'sandbox-stuck',
      message: 'Stopping the sandbox failed: its process does not answer.',
      hint: 'Find it with "ps" and end it by hand.',
    });
  const { promise: late, resolve, reject } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), graceMs);
  const onAbort = () => reject(signal?.reason as Error);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    kill(pid, 'SIGTERM');
    if ((await Promise.race([ended, late])) !== 'late') return false;
    kill(pid, 'SIGKILL');
    await ended;
    return true;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function kill(pid: number, by: NodeJS.Signals): void {
  try {
    process.kill(pid, by);
  } catch (error) {
    // Gone by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function ownProcess(paths: SandboxPaths): KanikitError {
  return new KanikitError({
    code: 'sandbox-in-process',
    message: `Stopping the sandbox in ${paths.folder} failed: it runs in this very process.`,
    hint: 'Call close() on the sandbox that startSandbox returned.',
  });
}
