import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeCause, errorCode, quotePath } from '@kanikit/archive/errors';
import { type ContextRequest, KanikitError } from '@kanikit/spec';
import { asSentence, withoutCredentials } from '@kanikit/toolkit/text';
import { isInside } from './paths.ts';

export interface FoundDirectory {
  /** Real path of the directory to pack. */
  readonly root: string;
  /** Real path of the context that it is a folder of, or the same. */
  readonly context: string;
}

/** `host.example/team/app`, with `.git` or without, and with a ref. */
const repositoryAddress =
  /^((?:[a-z\d-]{1,63}\.){1,9}[a-z]{2,63}(?::\d{1,5})?(?:\/[\w.~-]{1,100}){2,9})\/?(#[\w./:-]{1,200})?$/i;

/** Archives that are no tar, by their names, and single files that are compressed. */
const otherArchive =
  /\.(?:zip|jar|war|7z|rar|cpio|ar|deb|rpm|cab|iso|dmg|img|gz|bz2|xz|zst|lz4?|lzma|br|z)$/i;

/** @throws KanikitError `context-missing`, `context-unreadable` */
export async function findDirectory(request: ContextRequest): Promise<FoundDirectory> {
  const context = await resolveDirectory(
    resolve(request.workingDirectory, request.reference),
    request.reference,
  );
  if (request.contextSubPath === undefined || request.contextSubPath === '')
    return { root: context, context };
  const directory = await resolveDirectory(
    resolve(context, `./${request.contextSubPath}`),
    request.contextSubPath,
  );
  if (!isInside(context, directory)) {
    throw missing(request.contextSubPath, `it leads out of the context ${quotePath(context)}`);
  }
  return { root: directory, context };
}

async function resolveDirectory(path: string, written: string): Promise<string> {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isDirectory()) throw notDirectory(written);
    return real;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw missing(written, `there is no ${quotePath(withoutCredentials(path))}`, error);
    throw new KanikitError({
      code: 'context-unreadable',
      message: asSentence(
        `Opening the build context ${quotePath(withoutCredentials(written))}: ${describeCause(error)}`,
      ),
      hint: 'Check the permissions of the directory and of those above it.',
      cause: error,
    });
  }
}

function notDirectory(written: string): KanikitError {
  if (!otherArchive.test(written)) return missing(written, 'it is not a directory');
  return new KanikitError({
    code: 'context-missing',
    message: asSentence(
      `Opening the build context ${quotePath(withoutCredentials(written))}: it is not a directory, and of archives Kaniko takes only tar`,
    ),
    hint: 'Unpack it, and name the directory; or make a tar file of what is in it (.tar, .tar.gz or .tgz).',
  });
}

function missing(written: string, reason: string, cause?: unknown): KanikitError {
  return new KanikitError({
    code: 'context-missing',
    message: asSentence(`Opening the build context ${quotePath(withoutCredentials(written))}: ${reason}`),
    hint: `${suggestGit(written)}Name a directory, or a tar file ending in .tar, .tar.gz or .tgz; or use - to read a tar from standard input.`,
    cause,
  });
}

/** A sentence for what looks like the address of a repository without its scheme; empty for all else. */
function suggestGit(written: string): string {
  const [, address, fragment = ''] = repositoryAddress.exec(written) ?? [];
  if (address === undefined) return '';
  return `If it is a Git repository, write https://${address.replace(/\.git$/i, '')}.git${fragment}. `;
}
