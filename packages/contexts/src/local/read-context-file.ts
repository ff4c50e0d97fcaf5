import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '@kanikit/archive/errors';
import { readWholeFile } from '@kanikit/toolkit/files';
import { isInside } from './paths.ts';

/** No Dockerfile and no ignore file is this long (docker's limit, too); a log or an image named by mistake may be. */
export const largestTextBytes: number = 16 * 1024 * 1024;

const linkOutHint =
  "Put a copy of the file that it leads to in the link's place: what is outside of a context is not read for it.";

/** Why a file of the context is not read, although it is there. */
export class RefusedFile extends Error {
  /** What to do, where it is more than to name another file. */
  readonly hint: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly hint?: string } = {}) {
    super(message, options);
    this.hint = options.hint;
  }
}

/**
 * Reads a Dockerfile or an ignore file; undefined where there is none. A context may be the work of others: what its links name must be a
 * regular file inside of it. A path outside of it was named by the user, and may be anything that can be read.
 *
 * @param context real path of all that may be read by way of the context
 * @throws RefusedFile, and the file system's errors
 */
export async function readContextFile(
  context: string,
  path: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    if (!(await isNamedInside(context, path))) {
      return await readWholeFile(path, { largestBytes: largestTextBytes, signal });
    }
    const real = await realpath(path);
    if (!isInside(context, real)) {
      throw new RefusedFile('it is a link that leads out of the context', { hint: linkOutHint });
    }
    return await readWholeFile(real, { largestBytes: largestTextBytes, signal, isStrict: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EISDIR') throw new RefusedFile('it is not a file', { cause: error });
    if (code === 'ELOOP') throw new RefusedFile('its symbolic links go in a circle', { cause: error });
    if (code === 'EINVAL' || code === 'EFBIG')
      throw new RefusedFile((error as Error).message, { cause: error });
    throw error;
  }
}

/** Whether the path goes by way of the context, whatever links it goes through then. */
async function isNamedInside(context: string, path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      if (isInside(context, await realpath(folder))) return true;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
    }
    if (folder === dirname(folder)) return false;
  }
}
