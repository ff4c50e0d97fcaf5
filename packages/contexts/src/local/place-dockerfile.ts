import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SyntheticFile } from '../archive/pack-tree.ts';
import { errorCode } from '../archive/context-errors.ts';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import type { FoundDockerfile } from './find-dockerfile.ts';
import { contextTarball } from './context-tarball.ts';
import { isInside, toContextPath } from './paths.ts';

export interface PlacedDockerfile {
  /** Path inside the archive, for the executor's `--dockerfile`. */
  readonly path: string;
  readonly syntheticFiles: readonly SyntheticFile[];
}

/**
 * Decides under which name the Dockerfile travels, and hides from `COPY` what was not in the context.
 *
 * The executor applies ignore rules a second time, and gets some wrong. It reads `<Dockerfile>.dockerignore` first, so one is
 * made that names nothing but the files put in here; the context's own ignore file then travels as plain content.
 */
export async function placeDockerfile(
  root: string,
  dockerfile: FoundDockerfile,
  matcher: IgnoreMatcher,
): Promise<PlacedDockerfile> {
  const hidden = (await isSent(root, contextTarball, matcher)) ? [] : [contextTarball];
  const own = await findOwnPlace(root, dockerfile.location, matcher);
  if (own !== undefined) {
    const ignoreFile = `${own}.dockerignore`;
    return { path: own, syntheticFiles: [createIgnoreFile(ignoreFile, [ignoreFile, ...hidden])] };
  }
  const path = await findFreeName(root);
  const ignoreFile = `${path}.dockerignore`;
  return {
    path,
    syntheticFiles: [
      { path, contents: dockerfile.contents },
      createIgnoreFile(ignoreFile, [path, ignoreFile, ...hidden]),
    ],
  };
}

/** The Dockerfile's path where it travels as part of the context and the name of its ignore file is free. */
async function findOwnPlace(
  root: string,
  location: string | undefined,
  matcher: IgnoreMatcher,
): Promise<string | undefined> {
  if (location === undefined) return undefined;
  const directory = await realpath(dirname(location));
  if (!isInside(root, directory)) return undefined;
  const path = toContextPath(root, join(directory, basename(location)));
  const isPlain = (await lstat(join(root, path))).isFile() && isLiteral(path);
  if (!isPlain || matcher.isIgnored(path)) return undefined;
  const ignoreFile = `${path}.dockerignore`;
  return (await isSent(root, ignoreFile, matcher)) ? undefined : path;
}

/** Whether the user's own context holds the path. */
async function isSent(root: string, path: string, matcher: IgnoreMatcher): Promise<boolean> {
  return !matcher.isIgnored(path) && !(await isAbsent(root, path));
}

/** Whether an ignore file can name the path as it stands. */
function isLiteral(path: string): boolean {
  return path.isWellFormed() && !/[*?[\]\\!#^|{}]|^\s|\s$|[\n\r]/.test(path);
}

async function findFreeName(root: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const name = attempt === 0 ? '.kanikit.Dockerfile' : `.kanikit-${attempt}.Dockerfile`;
    if ((await isAbsent(root, name)) && (await isAbsent(root, `${name}.dockerignore`))) return name;
  }
}

function createIgnoreFile(path: string, names: readonly string[]): SyntheticFile {
  const lines = ['# Written by kanikit: the context was filtered already.', ...names, ''];
  return { path, contents: Buffer.from(lines.join('\n')) };
}

async function isAbsent(root: string, path: string): Promise<boolean> {
  try {
    await lstat(join(root, path));
    return false;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return true;
    throw error;
  }
}
