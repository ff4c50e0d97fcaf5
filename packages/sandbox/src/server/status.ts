import { readFile } from 'node:fs/promises';
import type { SandboxDescription } from './description.ts';
import { findHolder } from './folder-lock.ts';
import { readMarker, sandboxPaths } from './sandbox-folder.ts';

/** `absent`: there is no sandbox in the folder. `starting` and `stopping` look the same from outside: a process holds the folder but does not serve. */
export type SandboxStatus =
  | { readonly state: 'absent'; readonly folder: string }
  | { readonly state: 'stopped'; readonly folder: string }
  | { readonly state: 'busy'; readonly folder: string; readonly pid: number }
  | {
      readonly state: 'running';
      readonly folder: string;
      readonly pid: number;
      /** ISO 8601, UTC. */
      readonly startedAt: string;
      readonly sandbox: SandboxDescription;
    };

/** Tells whether a sandbox runs in a folder, and how to reach it. */
export async function sandboxStatus(folder?: string): Promise<SandboxStatus> {
  const paths = sandboxPaths(folder);
  const holder = await findHolder(paths.folder);
  if (holder === undefined) {
    const state = (await readMarker(paths)) === undefined ? 'absent' : 'stopped';
    return { state, folder: paths.folder };
  }
  const { startedAt, isReady } = holder;
  const { pid } = holder.process;
  const sandbox = isReady ? await readRunning(paths.running) : undefined;
  if (sandbox === undefined) return { state: 'busy', folder: paths.folder, pid };
  return {
    state: 'running',
    folder: paths.folder,
    pid,
    startedAt: new Date(startedAt).toISOString(),
    sandbox,
  };
}

async function readRunning(path: string): Promise<SandboxDescription | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SandboxDescription;
  } catch (error) {
    // It is just ending.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
