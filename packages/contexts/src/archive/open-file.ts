import { closeSync, constants, openSync } from 'node:fs';
import { entryError } from './context-errors.ts';
import { toSystemPath } from './system-path.ts';

// O_NONBLOCK: a pipe put in the file's place meanwhile must not hold us up.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What was a file of the context when it was listed, open for reading. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
}

/** @throws KanikitError `context-unreadable`, `context-changed` */
export function openFile(root: string, path: string): OpenFile {
  try {
    return { path, descriptor: openSync(toSystemPath(root, path), openFlags) };
  } catch (error) {
    throw entryError(path, error);
  }
}

export function closeFile(file: OpenFile): void {
  closeSync(file.descriptor);
}
