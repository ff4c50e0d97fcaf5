import { type Dirent, readdirSync } from 'node:fs';
import { decodeBytes } from '../ignore/go-string.ts';
import type { IgnoreMatcher, ParentMatches } from '../ignore/ignore-matcher.ts';
import { entryError, errorCode } from './context-errors.ts';
import { toSystemPath } from './system-path.ts';

type TreeEntryKind = 'directory' | 'file' | 'symlink' | 'socket' | 'pipe' | 'device';

/** One path of a context, as listed; nothing of it was opened yet. */
export interface TreeEntry {
  /** Relative to the root, `/` between names. */
  readonly path: string;
  readonly kind: TreeEntryKind;
  /** A file that docker would list and then not open: it is sent without content. */
  readonly isEmptied?: boolean;
}

interface OpenDirectory {
  readonly path: string;
  readonly entries: readonly TreeEntry[];
  next: number;
  readonly matches: ParentMatches | undefined;
  /** An ignored directory is listed only once something in it turns out to be kept. */
  isListed: boolean;
}

/** Ignored entries from one pause to the next: less than a millisecond of work. */
const pauseEntries = 256;

/**
 * Lists what docker's rules keep, parents before children, names in the order of their UTF-16 units: the same on every machine.
 * Synchronous, a directory at a time, so that the caller decides when to let others run; where much is ignored, `undefined` comes in between
 * as an occasion for it.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`
 */
export function* walkTree(root: string, matcher: IgnoreMatcher): Generator<TreeEntry | undefined, void> {
  let ignored = 0;
  const open: OpenDirectory[] = [{ ...listDirectory(root, '', undefined), isListed: true }];
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const entry = directory.entries[directory.next];
    directory.next += 1;
    if (!directory.isListed && (ignored += 1) % pauseEntries === 0) yield undefined;
    if (entry === undefined) {
      open.pop();
    } else if (entry.kind === 'directory') {
      const verdict = matcher.decideDirectory(entry.path, directory.matches);
      if (verdict.isIgnored && matcher.canSkip(entry.path)) continue;
      if (!verdict.isIgnored) {
        yield* listPending(open);
        yield entry;
      }
      const child = tryListDirectory(root, entry.path, verdict.matches, verdict.isIgnored);
      if (child !== undefined) open.push({ ...child, isListed: !verdict.isIgnored });
    } else {
      const verdict = matcher.decideFile(entry.path, directory.matches);
      if (verdict === 'ignored') {
        if ((ignored += 1) % pauseEntries === 0) yield undefined;
        continue;
      }
      yield* listPending(open);
      yield verdict === 'emptied' ? { ...entry, isEmptied: entry.kind === 'file' } : entry;
    }
  }
}

function* listPending(open: readonly OpenDirectory[]): Generator<TreeEntry, void> {
  if (open.at(-1)!.isListed) return;
  for (const directory of open) {
    if (!directory.isListed) yield { path: directory.path, kind: 'directory' };
    directory.isListed = true;
  }
}

type Listing = Omit<OpenDirectory, 'isListed'>;

function tryListDirectory(
  root: string,
  path: string,
  matches: ParentMatches,
  isIgnored: boolean,
): Listing | undefined {
  try {
    return listDirectory(root, path, matches);
  } catch (error) {
    const code = errorCode(error);
    // As docker: what is ignored may be unreadable.
    if (isIgnored && (code === 'EACCES' || code === 'EPERM')) return undefined;
    throw entryError(path, error);
  }
}

function listDirectory(root: string, path: string, matches: ParentMatches | undefined): Listing {
  const prefix = path === '' ? '' : `${path}/`;
  const entries = readNames(toSystemPath(root, path)).map(({ name, entry }): TreeEntry => ({
    path: prefix + name,
    kind: kindOf(entry),
  }));
  entries.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { path, entries, next: 0, matches };
}

interface NamedEntry {
  readonly name: string;
  readonly entry: Dirent<string> | Dirent<NonSharedBuffer>;
}

function readNames(directory: string | Buffer): readonly NamedEntry[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (!entries.some((entry) => entry.name.includes('\uFFFD'))) {
    return entries.map((entry) => ({ name: entry.name, entry }));
  }
  // A replacement character may stand for a byte that is not UTF-8: read the names again as bytes.
  const asBytes = readdirSync(directory, { withFileTypes: true, encoding: 'buffer' });
  return asBytes.map((entry) => ({ name: decodeBytes(entry.name), entry }));
}

function kindOf(entry: NamedEntry['entry']): TreeEntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  if (entry.isSocket()) return 'socket';
  return entry.isFIFO() ? 'pipe' : 'device';
}
