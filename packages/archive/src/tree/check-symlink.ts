import { statSync } from 'node:fs';
import { KanikitError } from '@kanikit/spec';
import { errorCode, quotePath } from '../errors/context-errors.ts';

/**
 * Refuses a symlink that leads in a circle or through a file. The executor (1.9.2 and 1.24.0) meets such a link in a snapshot, ends its list of
 * files there without an error, and pushes an image that lacks the rest. What is relative can be judged here; an absolute link means
 * another place in the executor.
 *
 * @throws KanikitError `context-link-circular`
 */
export function checkSymlink(path: string, systemPath: string | Buffer, target: string): void {
  if (target.startsWith('/')) return;
  try {
    statSync(systemPath);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP') throw unusableLinkError(path, target, 'leads in a circle', error);
    if (code === 'ENOTDIR') throw unusableLinkError(path, target, 'leads through a file', error);
    // Where it leads to, and whether that may be read here, is the image's business.
  }
}

/** The error for a link of a context, by its path and what it points at. */
export function unusableLinkError(path: string, target: string, what: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'context-link-circular',
    message: `Reading the build context: the symbolic link ${quotePath(path)} to ${quotePath(target)} ${what}, and Kaniko silently leaves files out of the image when it copies such a link.`,
    hint: 'Remove it, or add it to .dockerignore.',
    cause,
  });
}
