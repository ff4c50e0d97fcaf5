import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { decodeBytes } from '../names/byte-string.ts';
import { checkSymlink } from './check-symlink.ts';
import { changedError, entryError, unsupportedFileError } from '../errors/context-errors.ts';
import { placeOf, type TreeEntry } from './walk-tree.ts';

/** `zero` makes archives agree between machines; `keep` carries whole seconds over. */
export type MtimePolicy = 'zero' | 'keep';

/** An entry of an archive as the file system describes it; no content was read yet. */
export interface PackEntry {
  /** Relative to the root, `/` between names; empty for the root itself. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  /** Content: 0 for all but files. */
  readonly sizeBytes: number;
  /** Milliseconds since the epoch; 0 where the archive's bytes do not depend on it. */
  readonly mtimeMs: number;
  /** As `mtimeMs`, and 0 for all but files. */
  readonly ctimeMs: number;
  /** 0 for all but files. */
  readonly inode: number;
  /** Device that a file lies on; 0 for all but files. */
  readonly device: number;
  /** Target of a symlink; first name of a hard link; else empty. */
  readonly linkpath: string;
  /** The file's content stays here, see `TreeEntry`. */
  readonly isEmptied?: boolean;
}

const symlinkMode = 0o777;
// Docker's, whatever the folder has on this machine. Without the entry the executor makes the context 0750, and
// `COPY . /app` locks out every user but root.
const rootMode = 0o755;
const isWindows = process.platform === 'win32';
const absent = { sizeBytes: 0, ctimeMs: 0, inode: 0, device: 0, linkpath: '' };

export const rootEntry: PackEntry = { path: '', kind: 'directory', mode: rootMode, mtimeMs: 0, ...absent };

/**
 * Describes entries in the order of the walk. A file with several names is a file at the first and a hard link at the others, which takes
 * some hundred bytes of memory for each such file: all that grows with a tree.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export function createEntryReader(mtime: MtimePolicy): (entry: TreeEntry) => PackEntry {
  const firstNames = new Map<string, string>();
  const isZero = mtime === 'zero';

  const readFile = (path: string, place: string | Buffer, stats: Stats, isEmptied: boolean): PackEntry => {
    const { mtimeMs, ctimeMs, ino: inode, dev: device, size: sizeBytes } = stats;
    const mode = modeOf(stats);
    if (stats.nlink > 1) {
      const identity = identify(place, stats);
      const linkpath = firstNames.get(identity);
      if (linkpath !== undefined) {
        return { path, kind: 'hardlink', mode, ...absent, mtimeMs: isZero ? 0 : mtimeMs, linkpath };
      }
      firstNames.set(identity, path);
    }
    // Without an inode, so that no index takes the entry for one with content.
    if (isEmptied) return { path, kind: 'file', mode, ...absent, mtimeMs: isZero ? 0 : mtimeMs, isEmptied };
    return { path, kind: 'file', mode, sizeBytes, mtimeMs, ctimeMs, inode, device, linkpath: '' };
  };

  const readSymlink = (path: string, systemPath: string | Buffer, stats: Stats): PackEntry => {
    const target = decodeBytes(readlinkSync(systemPath, { encoding: 'buffer' }));
    const linkpath = isWindows ? target.replaceAll('\\', '/') : target;
    checkSymlink(path, systemPath, linkpath);
    return {
      path,
      kind: 'symlink',
      mode: symlinkMode,
      ...absent,
      mtimeMs: isZero ? 0 : stats.mtimeMs,
      linkpath,
    };
  };

  return (entry) => {
    const { path, kind, isEmptied = false } = entry;
    if (kind === 'socket' || kind === 'pipe' || kind === 'device')
      throw unsupportedFileError(path, `a ${kind}`);
    try {
      const place = placeOf(entry);
      const stats = lstatSync(place);
      if (stats.isFile() && kind === 'file') return readFile(path, place, stats, isEmptied);
      if (stats.isSymbolicLink() && kind === 'symlink') return readSymlink(path, place, stats);
      if (!stats.isDirectory() || kind !== 'directory') throw changedError(path, 'was replaced');
      return { path, kind, mode: modeOf(stats), ...absent, mtimeMs: isZero ? 0 : stats.mtimeMs };
    } catch (error) {
      throw entryError(path, error);
    }
  };
}

function modeOf(stats: Stats): number {
  // Windows has no such bits; docker makes everything there executable.
  return isWindows ? 0o755 : stats.mode & 0o7777;
}

function identify(place: string | Buffer, stats: Stats): string {
  if (Number.isSafeInteger(stats.ino)) return `${stats.dev}:${stats.ino}`;
  // Some file systems number with more than the 53 bits of a plain number.
  const { dev, ino } = lstatSync(place, { bigint: true });
  return `${dev}:${ino}`;
}
