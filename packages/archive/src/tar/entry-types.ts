import { KanikitError } from '@kanikit/spec';
import { quotePath } from '../errors/context-errors.ts';
import { leadsOut, normalEntryPath } from './entry-path.ts';
import type { WalkedEntry } from './tar-walker.ts';

/** What the executor unpacks, by the names of the `tar` package; and a label, which is no file. */
const unpacked: ReadonlySet<string> = new Set([
  'File',
  'OldFile',
  'Directory',
  'SymbolicLink',
  'Link',
  'TapeVolumeHeader',
]);

const words: Readonly<Record<string, string>> = {
  SparseFile: "a sparse file in GNU's own form",
  CharacterDevice: 'a device',
  BlockDevice: 'a device',
  FIFO: 'a pipe',
};

/**
 * Refuses what the executor would not unpack as it is meant: entries of types that it passes over without a word, names that lead out of the
 * context, and hard links to themselves, for which it removes the file first.
 *
 * @throws KanikitError `context-file-unsupported`
 */
export function requireUsableEntry({ path, type, linkpath }: WalkedEntry, archive: string): void {
  const refuse = (what: string, hint = 'Make the archive without it.'): never => {
    throw new KanikitError({
      code: 'context-file-unsupported',
      message: `Reading the build context ${archive}: ${quotePath(path)} ${what}.`,
      hint,
    });
  };
  if (!unpacked.has(type)) {
    const isSparse = type === 'SparseFile';
    refuse(
      `is ${words[type] ?? 'an entry of a rare type'}, which the executor leaves out`,
      isSparse ? 'Make the archive with tar --format=pax, or without --sparse.' : undefined,
    );
  }
  if (leadsOut(path)) refuse('leads out of the archive');
  if (type === 'Link' && normalEntryPath(linkpath) === normalEntryPath(path)) {
    refuse(
      'is a hard link to itself',
      'Name each file once, as in "tar -cz ." in place of "tar -cz . Dockerfile".',
    );
  }
}
