import type { ContextEntry, RunContext } from '@kanikit/spec';
import { normalEntryPath } from '../tar/entry-path.ts';
import { type ArchiveInput, readEntries } from '../tar/read-entries.ts';
import { secretHeadBytes, secretKind } from './secret-files.ts';

const types: Readonly<Record<string, ContextEntry['type']>> = {
  File: 'file',
  OldFile: 'file',
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
  let addLast = (): void => {};
  const blocks = readEntries(
    input,
    (walked) => {
      addLast();
      const path = pathBelow(folder, normalEntryPath(walked.path));
      const type = types[walked.type];
      const head: Buffer[] = [];
      let headBytes = 0;
      // An entry is complete when the next one comes: its content is behind it.
      addLast = () => {
        if (path === undefined || type === undefined) return;
        const isFile = type === 'file';
        const secret = isFile ? secretKind(path, () => Buffer.concat(head)) : undefined;
        found.push({
          path,
          type,
          sizeBytes: isFile ? walked.sizeBytes : 0,
          ...(secret !== undefined && { secret }),
        });
      };
      return (piece) => {
        if (headBytes >= secretHeadBytes) return;
        head.push(Buffer.from(piece.subarray(0, secretHeadBytes - headBytes)));
        headBytes += piece.length;
      };
    },
    run,
  );
  for await (const _blocks of blocks) {
    yield* found;
    found = [];
  }
  addLast();
  yield* found;
}

/** Undefined for what is not in the folder, and for the folder itself. */
function pathBelow(folder: string, path: string): string | undefined {
  if (path === '' || path === folder) return undefined;
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
