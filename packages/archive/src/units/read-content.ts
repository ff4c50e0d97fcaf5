import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { changedError, entryError, unsupportedFileError } from '../errors/context-errors.ts';
import type { PackEntry } from '../tree/pack-entry.ts';
import type { ContentRange } from './plan-units.ts';
import { toSystemPath } from '../names/system-path.ts';

const readAsync = promisify(read);

/** Reads up to here are one synchronous call, several times faster than a round trip to the thread pool. */
const synchronousBytes = 64 * 1024;
// O_NONBLOCK: a pipe put in the file's place meanwhile must not hold us up.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a range of a file into the buffer. The file must be what the entry says before and after: what is not, and what was rewritten
 * meanwhile, shows in size, times or inode. Small reads are done when it returns; only for others there is something to wait for.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export function readContent(
  root: string,
  entry: PackEntry,
  { start, end }: ContentRange,
  buffer: Uint8Array,
  offset: number,
): Promise<void> | undefined {
  const length = end - start;
  const descriptor = openEntry(root, entry);
  if (length > synchronousBytes)
    return readLarge(descriptor, entry, start, buffer.subarray(offset, offset + length));
  try {
    const count = length === 0 ? 0 : readSync(descriptor, buffer, offset, length, start);
    checkUnchanged(descriptor, entry);
    if (count < length) throw changedError(entry.path, 'became shorter');
  } catch (error) {
    throw readError(descriptor, entry, error);
  } finally {
    closeSync(descriptor);
  }
  return undefined;
}

async function readLarge(
  descriptor: number,
  entry: PackEntry,
  start: number,
  target: Uint8Array,
): Promise<void> {
  try {
    for (let done = 0; done < target.length;) {
      const { bytesRead } = await readAsync(descriptor, target, done, target.length - done, start + done);
      if (bytesRead === 0) throw changedError(entry.path, 'became shorter');
      done += bytesRead;
    }
    checkUnchanged(descriptor, entry);
  } catch (error) {
    throw readError(descriptor, entry, error);
  } finally {
    closeSync(descriptor);
  }
}

function openEntry(root: string, entry: PackEntry): number {
  try {
    return openSync(toSystemPath(root, entry.path), openFlags);
  } catch (error) {
    throw entryError(entry.path, error);
  }
}

function checkUnchanged(descriptor: number, entry: PackEntry): void {
  const now = fstatSync(descriptor);
  if (!now.isFile()) throw unsupportedFileError(entry.path, 'no longer a file');
  if (now.size < entry.sizeBytes) throw changedError(entry.path, 'became shorter');
  if (now.size > entry.sizeBytes) throw changedError(entry.path, 'became longer');
  const isSame =
    now.mtimeMs === entry.mtimeMs &&
    now.ctimeMs === entry.ctimeMs &&
    now.ino === entry.inode &&
    now.dev === entry.device;
  if (!isSame) throw changedError(entry.path, 'changed');
}

/** What is wrong with the file explains more than what reading it said. */
function readError(descriptor: number, entry: PackEntry, error: unknown): Error {
  const cause = entryError(entry.path, error);
  try {
    checkUnchanged(descriptor, entry);
  } catch (change) {
    return entryError(entry.path, change);
  }
  return cause;
}
