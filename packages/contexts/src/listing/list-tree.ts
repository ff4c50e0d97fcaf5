import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import type { ContextEntry, ListOptions, RunContext } from '@kanikit/spec';
import { entryError, unsupportedFileError } from '../archive/context-errors.ts';
import { toSystemPath } from '../archive/system-path.ts';
import { createTimeSlice } from '../archive/time-slice.ts';
import { type TreeEntry, walkTree } from '../archive/walk-tree.ts';
import type { IgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { createIgnoredLister } from './ignored-lister.ts';
import { secretHeadBytes, secretKind } from './secret-files.ts';

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
    yield listEntry(root, entry, linked);
  }
  if (ignored !== undefined) yield* ignored.before(undefined);
}

function listEntry(
  root: string,
  { path, kind, isEmptied = false }: TreeEntry,
  linked: Set<string>,
): ContextEntry {
  if (kind === 'directory' || kind === 'symlink') return { path, type: kind, sizeBytes: 0 };
  if (kind !== 'file') throw unsupportedFileError(path, `a ${kind}`);
  const { size, nlink } = statEntry(root, path);
  if (nlink > 1) {
    const identity = identify(root, path);
    if (linked.has(identity)) return { path, type: 'hardlink', sizeBytes: 0 };
    linked.add(identity);
  }
  if (isEmptied) return { path, type: 'file', sizeBytes: 0 };
  const secret = secretKind(path, () => readHead(root, path));
  return { path, type: 'file', sizeBytes: size, ...(secret !== undefined && { secret }) };
}

function statEntry(root: string, path: string): { readonly size: number; readonly nlink: number } {
  try {
    return lstatSync(toSystemPath(root, path));
  } catch (error) {
    throw entryError(path, error);
  }
}

/** Inode numbers may need more than the 53 bits of a plain number. */
function identify(root: string, path: string): string {
  try {
    const { dev, ino } = lstatSync(toSystemPath(root, path), { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    throw entryError(path, error);
  }
}

function readHead(root: string, path: string): Uint8Array {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(toSystemPath(root, path), 'r');
    const head = Buffer.alloc(secretHeadBytes);
    return head.subarray(0, readSync(descriptor, head));
  } catch (error) {
    throw entryError(path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
