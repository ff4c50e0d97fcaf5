import type { ContextEntry, RunContext } from '@kanikit/spec';
import { normalEntryPath } from '../tar/file-catcher.ts';
import { type ArchiveInput, readEntries } from '../tar/read-entries.ts';

const types: Readonly<Record<string, ContextEntry['type']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'directory',
  SymbolicLink: 'symlink',
  Link: 'hardlink',
};

/**
 * What a tar holds, in its order: the files, directories and links in a folder of it ('' for all). Nothing of a tar is ignored.
 *
 * @throws KanikitError `context-archive-unsupported`, `context-unreadable`
 */
export async function* listArchive(
  input: ArchiveInput,
  folder: string,
  run: RunContext,
): AsyncGenerator<ContextEntry, void> {
  let found: ContextEntry[] = [];
  const blocks = readEntries(
    input,
    ({ path, type, sizeBytes }) => {
      const inside = pathBelow(folder, normalEntryPath(path));
      const known = types[type];
      if (inside !== undefined && known !== undefined)
        found.push({ path: inside, type: known, sizeBytes: known === 'file' ? sizeBytes : 0 });
      return undefined;
    },
    run,
  );
  for await (const _blocks of blocks) {
    yield* found;
    found = [];
  }
  yield* found;
}

/** Undefined for what is not in the folder, and for the folder itself. */
function pathBelow(folder: string, path: string): string | undefined {
  if (path === '' || path === folder) return undefined;
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
