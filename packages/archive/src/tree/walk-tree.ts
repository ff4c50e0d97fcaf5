import { type Dirent, readdirSync } from 'node:fs';
import { decodeBytes } from '../names/byte-string.ts';
import type { IgnoreMatcher, ParentMatches } from '../ignore/ignore-matcher.ts';
import { entryError, errorCode } from '../errors/context-errors.ts';
import { openFolder, type OpenFolder } from './open-folder.ts';

type TreeEntryKind = 'directory' | 'file' | 'symlink' | 'socket' | 'pipe' | 'device';

/** One path of a context, as listed; nothing of it was opened yet. */
export interface TreeEntry {
  /** Relative to the root, `/` between names. */
  readonly path: string;
  readonly kind: TreeEntryKind;
  /** The directory that it is in, open until the next entry is asked for. */
  readonly folder: OpenFolder;
  /** A file that docker would list and then not open: it is sent without content. */
  readonly isEmptied?: boolean;
}

/** Where an entry is on this machine, until the next one is asked for. */
export function placeOf({ path, folder }: TreeEntry): string | Buffer {
  return folder.locate(folder.path === '' ? path : path.slice(folder.path.length + 1));
}

interface OpenDirectory {
  /** Itself; undefined for the top. */
  readonly entry: TreeEntry | undefined;
  readonly folder: OpenFolder;
  readonly entries: readonly TreeEntry[];
  next: number;
  readonly matches: ParentMatches | undefined;
  /** An ignored directory is listed only once something in it turns out to be kept. */
  isListed: boolean;
}

/** Ignored entries from one pause to the next: less than a millisecond of work. */
const pauseEntries = 256;
/** Directories that are open at once; a deeper tree opens those above again on its way back. */
const mostOpen = 32;

/**
 * Lists what docker's rules keep, parents before children, names in the order of their UTF-16 units: the same on every machine.
 * Synchronous, a directory at a time, so that the caller decides when to let others run; where much is ignored, `undefined` comes in between
 * as an occasion for it.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`
 */
export function* walkTree(root: string, matcher: IgnoreMatcher): Generator<TreeEntry | undefined, void> {
  const open: OpenDirectory[] = [];
  try {
    open.push({ ...listTop(root), isListed: true });
    yield* walkOpen(root, matcher, open);
  } finally {
    for (const { folder } of open) folder.rest();
  }
}

function* walkOpen(
  root: string,
  matcher: IgnoreMatcher,
  open: OpenDirectory[],
): Generator<TreeEntry | undefined, void> {
  let ignored = 0;
  for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
    const entry = directory.entries[directory.next];
    directory.next += 1;
    if (!directory.isListed && (ignored += 1) % pauseEntries === 0) yield undefined;
    if (entry === undefined) {
      open.pop();
      directory.folder.close();
    } else if (entry.kind === 'directory') {
      const verdict = matcher.decideDirectory(entry.path, directory.matches);
      if (verdict.isIgnored && matcher.canSkip(entry.path)) continue;
      if (!verdict.isIgnored) {
        yield* listPending(open);
        yield entry;
      }
      const child = tryListDirectory(root, entry, verdict.matches, verdict.isIgnored);
      if (child === undefined) continue;
      open.push({ ...child, isListed: !verdict.isIgnored });
      open.at(-1 - mostOpen)?.folder.rest();
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
    if (!directory.isListed) yield directory.entry!;
    directory.isListed = true;
  }
}

type Listing = Omit<OpenDirectory, 'isListed'>;

function listTop(root: string): Listing {
  try {
    return listDirectory(root, undefined, undefined);
  } catch (error) {
    throw entryError('.', error);
  }
}

function tryListDirectory(
  root: string,
  entry: TreeEntry,
  matches: ParentMatches,
  isIgnored: boolean,
): Listing | undefined {
  try {
    return listDirectory(root, entry, matches);
  } catch (error) {
    const code = errorCode(error);
    // As docker: what is ignored may be unreadable.
    if (isIgnored && (code === 'EACCES' || code === 'EPERM')) return undefined;
    throw entryError(entry.path, error);
  }
}

function listDirectory(
  root: string,
  entry: TreeEntry | undefined,
  matches: ParentMatches | undefined,
): Listing {
  const path = entry?.path ?? '';
  const prefix = path === '' ? '' : `${path}/`;
  const folder = openFolder(root, path, entry === undefined ? root : placeOf(entry));
  try {
    const entries = readNames(folder.place).map(({ name, entry: read }): TreeEntry => ({
      path: prefix + name,
      kind: kindOf(read),
      folder,
    }));
    entries.sort((left, right) => (left.path < right.path ? -1 : 1));
    return { entry, folder, entries, next: 0, matches };
  } catch (error) {
    folder.rest();
    throw error;
  }
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
