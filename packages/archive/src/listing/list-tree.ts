import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import type { ContextEntry, ListOptions, RunContext } from '@kanikit/spec';
import { entryError, unsupportedFileError } from '../errors/context-errors.ts';
import { createTimeSlice } from '../async/time-slice.ts';
import { placeOf, type TreeEntry, walkTree } from '../tree/walk-tree.ts';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { createIgnoredLister } from './ignored-lister.ts';
import { secretHeadBytes, secretKind } from './secret-files.ts';

// A pipe put in the file's place meanwhile must not hold us up, nor a link lead away.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * What of a directory would be sent, in the archive's order; with `withIgnored`, in between, what a rule leaves out. Reads no
 * files but the start of those with names like a secret's.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`, as packing does
 */
export async function* listTree(
  root: string,
  matcher: IgnoreMatcher,
  { withIgnored = false }: ListOptions,
  run: RunContext,
): AsyncGenerator<ContextEntry, void> {
  const linked = new Set<string>();
  const ignored = withIgnored ? createIgnoredLister(root, matcher) : undefined;
  const slice = createTimeSlice(run.signal);
  run.signal.throwIfAborted();
  for (const entry of walkTree(root, matcher)) {
    if (slice.isOver) await slice.rest();
    if (entry === undefined) continue;
    if (ignored !== undefined) yield* ignored.before(entry.path);
    yield listEntry(entry, linked);
  }
  if (ignored !== undefined) yield* ignored.before(undefined);
}

function listEntry(entry: TreeEntry, linked: Set<string>): ContextEntry {
  const { path, kind, isEmptied = false } = entry;
  if (kind === 'directory' || kind === 'symlink') return { path, type: kind, sizeBytes: 0 };
  if (kind !== 'file') throw unsupportedFileError(path, `a ${kind}`);
  const { size, nlink } = statEntry(entry);
  if (nlink > 1) {
    const identity = identify(entry);
    if (linked.has(identity)) return { path, type: 'hardlink', sizeBytes: 0 };
    linked.add(identity);
  }
  if (isEmptied) return { path, type: 'file', sizeBytes: 0 };
  const secret = secretKind(path, () => readHead(entry));
  return { path, type: 'file', sizeBytes: size, ...(secret !== undefined && { secret }) };
}

function statEntry(entry: TreeEntry): { readonly size: number; readonly nlink: number } {
  try {
    return lstatSync(placeOf(entry));
  } catch (error) {
    throw entryError(entry.path, error);
  }
}

/** Inode numbers may need more than the 53 bits of a plain number. */
function identify(entry: TreeEntry): string {
  try {
    const { dev, ino } = lstatSync(placeOf(entry), { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    throw entryError(entry.path, error);
  }
}

function readHead(entry: TreeEntry): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(placeOf(entry), openFlags);
    const head = Buffer.alloc(secretHeadBytes);
    return head.subarray(0, readSync(descriptor, head));
  } catch (error) {
    throw entryError(entry.path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
