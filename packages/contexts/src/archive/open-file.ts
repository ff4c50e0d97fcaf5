import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { changedError, entryError, unsupportedFileError } from './context-errors.ts';
import { toSystemPath } from './system-path.ts';

// O_NONBLOCK: a pipe put in the file's place meanwhile must not hold us up.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A regular file of the context, open for reading. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly stats: Stats;
  /** Device and inode where the file has several names; undefined where it has one. */
  readonly identity: string | undefined;
}

/** @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported` */
export function openFile(root: string, path: string): OpenFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(toSystemPath(root, path), openFlags);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw unsupportedFileError(path, 'no longer a file');
    return { path, descriptor, stats, identity: stats.nlink > 1 ? identify(descriptor) : undefined };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw entryError(path, error);
  }
}

export function closeFile(file: OpenFile): void {
  closeSync(file.descriptor);
}

/** Reads a whole small file into the buffer, which must have room for one byte more than its size. */
export function readSmallFile(file: OpenFile, buffer: Uint8Array, offset: number): void {
  const sizeBytes = file.stats.size;
  let read = 0;
  // One byte more than expected is asked for: getting it means that the file has grown.
  while (read <= sizeBytes) {
    const count = readOrThrow(file, buffer, offset + read, sizeBytes + 1 - read);
    if (count === 0) break;
    read += count;
  }
  checkLength(file, read);
  checkUnchanged(file);
}

export function checkLength(file: OpenFile, readBytes: number): void {
  if (readBytes < file.stats.size) throw changedError(file.path, 'became shorter');
  if (readBytes > file.stats.size) throw changedError(file.path, 'became longer');
}

/** Compares size and times with those at opening; content that was rewritten in place shows there. */
export function checkUnchanged(file: OpenFile): void {
  const now = fstatSync(file.descriptor);
  const { size, mtimeMs, ctimeMs } = file.stats;
  if (now.size !== size || now.mtimeMs !== mtimeMs || now.ctimeMs !== ctimeMs) {
    throw changedError(file.path, 'changed');
  }
}

function identify(descriptor: number): string {
  // Inode numbers may need more than the 53 bits of a plain number.
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return `${dev}:${ino}`;
}

function readOrThrow(file: OpenFile, buffer: Uint8Array, offset: number, length: number): number {
  try {
    return readSync(file.descriptor, buffer, offset, length, null);
  } catch (error) {
    throw entryError(file.path, error);
  }
}
