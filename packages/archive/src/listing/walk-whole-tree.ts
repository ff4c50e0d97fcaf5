import { type Dirent, readdirSync } from 'node:fs';
import { decodeBytes } from '../names/byte-string.ts';
import { entryError, errorCode } from '../errors/context-errors.ts';
import { toSystemPath } from '../names/system-path.ts';

export interface WholeEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
}

/** Everything in a directory, ignored or not, in the order of `walkTree`. What may not be read is passed over: it is ignored, or told there. */
export function* walkWholeTree(root: string, folder = ''): Generator<WholeEntry, void> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = readFolder(root, folder).map((entry): WholeEntry => ({
    path: prefix + decodeBytes(entry.name),
    type: typeOf(entry),
  }));
  entries.sort((left, right) => (left.path < right.path ? -1 : 1));
  for (const entry of entries) {
    yield entry;
    if (entry.type === 'directory') yield* walkWholeTree(root, entry.path);
  }
}

function readFolder(root: string, folder: string): readonly Dirent<NonSharedBuffer>[] {
  try {
    return readdirSync(toSystemPath(root, folder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') return [];
    throw entryError(folder, error);
  }
}

function typeOf(entry: Dirent<NonSharedBuffer>): WholeEntry['type'] {
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'file';
}
