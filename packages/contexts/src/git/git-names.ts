import { posix } from 'node:path';
import { stripEnds } from '@kanikit/toolkit/text';

/** Whether the text names a commit whole: 40 hex digits, or 64 in a repository that uses SHA-256. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text);
}

/** The rules of `git check-ref-format --allow-onelevel`, and no dash in front, so that no name passes for an option. */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || /^[-/.]|[/.]$|\/\/|\.\.|@\{/.test(name)) return false;
  if (/[\p{Cc} ~^:?*[\\]/u.test(name) || !name.isWellFormed()) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

/** A folder inside of the repository, without detours; empty means all of it, undefined that it is none. */
export function folderOf(path: string): string | undefined {
  const folder = stripEnds(posix.normalize(path), '/');
  if (/[\p{Cc}\\]/u.test(path) || folder.split('/').includes('..')) return undefined;
  return folder === '.' ? '' : folder;
}
