import { KanikitError } from '@kanikit/spec';
import { quotePath } from '../archive/context-errors.ts';
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
 * The executor passes over entries of other types without a word, and the image would lack them.
 *
 * @throws KanikitError `context-file-unsupported`
 */
export function requireKnownType({ path, type }: WalkedEntry, archive: string): void {
  if (unpacked.has(type)) return;
  throw new KanikitError({
    code: 'context-file-unsupported',
    message: `reading the build context ${archive}: ${quotePath(path)} is ${words[type] ?? 'an entry of a rare type'}, which the executor leaves out`,
    hint:
      type === 'SparseFile'
        ? 'Make the archive with tar --format=pax, or without --sparse.'
        : 'Make the archive without it.',
  });
}
