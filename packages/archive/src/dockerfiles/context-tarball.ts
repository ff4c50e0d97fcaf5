import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextWarning } from '@kanikit/spec';
import { errorCode } from '../errors/context-errors.ts';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';

/** Where the executor puts the archive it fetches: into the context itself. */
export const contextTarball = 'context.tar.gz';

/** Whether the user's own context holds a file of that name. */
export async function hasContextTarball(root: string, matcher: IgnoreMatcher): Promise<boolean> {
  if (matcher.isIgnored(contextTarball)) return false;
  try {
    await lstat(join(root, contextTarball));
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** The executor deletes that file after unpacking an `https://` context, even when it came out of the archive. */
export const contextTarballWarning: ContextWarning = {
  code: 'context-tarball-name',
  message: `The context has a file named ${contextTarball} at its top, a name the executor uses for itself: it is missing in the build when the context is delivered by a signed URL.`,
  hint: 'Rename the file.',
};
