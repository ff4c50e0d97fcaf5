import { isKanikitError, KanikitError } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';

/** No path of a file is longer; names in an archive may have a megabyte. */
const longestShown = 4_096;
/** Of a longer one each end is shown. */
const shownOfLong = 200;

/** Text for people: names from the file system may hold anything, control characters included. */
export function quotePath(path: string): string {
  const shown =
    path.length <= longestShown ? path : `${path.slice(0, shownOfLong)}…${path.slice(-shownOfLong)}`;
  return JSON.stringify(shown.toWellFormed());
}

function unreadableError(path: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'context-unreadable',
    message: asSentence(
      `Reading the build context: ${quotePath(path)} can't be read: ${describeCause(cause)}`,
    ),
    hint: 'Make it readable, or add it to .dockerignore when the build does not need it.',
    cause,
  });
}

export function changedError(path: string, what: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'context-changed',
    message: `Reading the build context: ${quotePath(path)} ${what} while it was being packed.`,
    hint: 'Stop what writes there or add it to .dockerignore, then build again. Half-written contexts are never sent.',
    retryable: true,
    cause,
  });
}

export function unsupportedFileError(path: string, what: string): KanikitError {
  return new KanikitError({
    code: 'context-file-unsupported',
    message: `Reading the build context: ${quotePath(path)} is ${what}, which can't be part of an image's context.`,
    hint: 'Remove it or add it to .dockerignore.',
  });
}

/** The error for a failed call on an entry that was listed a moment ago. */
export function entryError(path: string, cause: unknown): KanikitError {
  if (isKanikitError(cause)) return cause;
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return changedError(path, 'vanished', cause);
  if (code === 'ELOOP' || code === 'EISDIR' || code === 'EINVAL')
    return changedError(path, 'was replaced', cause);
  return unreadableError(path, cause);
}

/** The system's code (`ENOENT`, …) of an error; undefined for our own errors. */
export function errorCode(error: unknown): string | undefined {
  if (isKanikitError(error)) return undefined;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function describeCause(cause: unknown): string {
  const code = errorCode(cause);
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  // The name of a descriptor tells nobody where that is.
  return cause instanceof Error ? cause.message.replace(/ '\/proc\/self\/fd\/[^']*'$/, '') : String(cause);
}
