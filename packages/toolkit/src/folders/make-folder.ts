import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; one that is there is left as it is. Node's own `recursive` tries for ever where the system says of a folder
 * that is there that it is not: below `/proc`, or below an automounted `/home` that has no such user.
 *
 * @param mode of the folders that are made
 * @throws the file system's errors
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  if (await isMade(path, mode)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent, mode);
  if (!(await isMade(path, mode))) await mkdir(path, { mode });
}

/** False where the folder above is missing. */
async function isMade(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    // Systems differ in what they say first of a folder that is there: that, or that nothing may be made.
    if (await isFolder(path)) return true;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
