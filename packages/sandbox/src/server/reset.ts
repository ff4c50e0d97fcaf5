import { readdir, rm } from 'node:fs/promises';
import { KanikitError } from '@kanikit/spec';
import { readMarker, sandboxPaths } from './sandbox-folder.ts';
import { type StopOptions, stopSandboxDaemon } from './stop-daemon.ts';

/**
 * Stops the sandbox of a folder and deletes everything in it: objects, images, uploads, credentials. Executors are kept elsewhere.
 *
 * Throws `sandbox-absent` for a folder that is none, and deletes nothing then.
 */
export async function resetSandbox(folder?: string, options: StopOptions = {}): Promise<void> {
  const paths = sandboxPaths(folder);
  if ((await readMarker(paths)) === undefined)
    throw new KanikitError({
      code: 'sandbox-absent',
      message: `Resetting the sandbox in ${paths.folder} failed: there is none.`,
      hint: 'Name the folder the sandbox was started with, or leave it out for the usual one.',
    });
  await stopSandboxDaemon(paths.folder, options);
  // The marker goes last: a reset that is interrupted can be repeated.
  const marker = paths.marker.slice(paths.folder.length + 1);
  for (const name of await readdir(paths.folder))
    if (name !== marker) await rm(`${paths.folder}/${name}`, { recursive: true, force: true });
  await rm(paths.folder, { recursive: true, force: true });
}
