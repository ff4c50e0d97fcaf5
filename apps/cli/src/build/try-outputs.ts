import { access, constants, mkdtemp, open, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '@kanikit/toolkit/folders';
import { fileProblem } from '../command-line/file-problem.ts';
import { shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

/** Files that a command writes at its end, or while it runs. */
export interface OutputFlags {
  readonly iidfile?: string | undefined;
  readonly 'metadata-file'?: string | undefined;
  readonly record?: string | undefined;
  readonly 'log-folder'?: string | undefined;
}

const fileFlags = ['iidfile', 'metadata-file', 'record'] as const;

/**
 * Tries the files and the folder that results go to: after the build it is too late. Leaves no file that was not there, and the content of others.
 *
 * @throws KanikitError `usage`, naming flag and path
 */
export async function tryOutputs(flags: OutputFlags): Promise<void> {
  const taken = new Map<string, string>();
  for (const flag of fileFlags) {
    const path = flags[flag];
    if (path === undefined) continue;
    const other = taken.get(resolve(path));
    if (other !== undefined && !path.startsWith('/dev/'))
      throw usageError(`--${other} and --${flag} would write the same file: ${shown(path)}.`);
    taken.set(resolve(path), flag);
    await tried(flag, path, () => tryFile(path));
  }
  const folder = flags['log-folder'];
  if (folder !== undefined) await tried('log-folder', folder, () => tryFolder(folder));
}

async function tried(flag: string, path: string, attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    throw usageError(
      `--${flag} can not be written: ${shown(path)}: ${fileProblem(error)}.`,
      'Nothing was built. Name a place that can be written.',
    );
  }
}

async function tryFile(path: string): Promise<void> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats?.isDirectory() === true) throw new Error('it is a directory');
  // Opening a pipe waits for its reader.
  if (stats !== undefined) return await access(path, constants.W_OK);
  const file = await open(path, 'a');
  await file.close();
  await rm(await realpath(path));
}

async function tryFolder(path: string): Promise<void> {
  // Logs are private.
  await makeFolder(path, 0o700);
  await rmdir(await mkdtemp(join(path, '.kanikit-')));
}
