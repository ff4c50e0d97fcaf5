import { KanikitError } from '@kanikit/spec';
import { signalProcess } from '../node/processes.ts';
import { awaitHolder, findHolder, isSameHolder, type LockHolder } from './folder-lock.ts';
import { readMarker, type SandboxPaths, sandboxPaths } from './sandbox-folder.ts';

export interface StopOptions {
  /** How long the sandbox may take to end by itself before it is killed. @default 20000 */
  readonly graceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A killed process is gone within milliseconds, unless it waits in the kernel. */
const killMs = 10_000;

/**
 * Stops the sandbox of a folder with its pods; false when none was running. Its data stays. Processes and mounts that a killed sandbox
 * left behind are removed, too.
 */
export async function stopSandboxDaemon(folder?: string, options: StopOptions = {}): Promise<boolean> {
  const { graceMs = 20_000, signal } = options;
  const paths = sandboxPaths(folder);
  const holder = await findHolder(paths.folder);
  if (holder !== undefined) {
    if (holder.process.pid === process.pid) throw ownProcess(paths);
    const isKilled = await endHolder(paths, holder, graceMs, signal);
    if (!isKilled) return true;
  }
  if ((await readMarker(paths)) !== undefined) {
    // The whole cluster's code, needed only here.
    const { sweepNode } = await import('./sweep-node.ts');
    await sweepNode(paths);
  }
  return holder !== undefined;
}

/** Ends the process that holds the folder, by force after the grace time; true when force was needed. */
async function endHolder(
  { folder }: SandboxPaths,
  holder: LockHolder,
  graceMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const isGone = async (waitMs: number): Promise<boolean> => {
    const late = AbortSignal.timeout(waitMs);
    const any = signal === undefined ? late : AbortSignal.any([late, signal]);
    try {
      await awaitHolder(folder, (now) => !isSameHolder(holder, now), any);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (late.aborted) return false;
      throw error;
    }
  };
  signal?.throwIfAborted();
  await signalProcess(holder.process, 'SIGTERM');
  if (await isGone(graceMs)) return false;
  await signalProcess(holder.process, 'SIGKILL');
  if (await isGone(killMs)) return true;
  throw new KanikitError({
    code: 'sandbox-stuck',
    message: `Stopping the sandbox in ${folder} failed: process ${holder.process.pid} was killed and does not end.`,
    hint: 'It waits in the kernel, often for a disk. Look at it with "ps", and try again.',
  });
}

function ownProcess(paths: SandboxPaths): KanikitError {
  return new KanikitError({
    code: 'sandbox-in-process',
    message: `Stopping the sandbox in ${paths.folder} failed: it runs in this very process.`,
    hint: 'Call close() on the sandbox that startSandbox returned.',
  });
}
