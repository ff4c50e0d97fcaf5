import { isKanikitError, type RunContext } from '@kanikit/spec';
import { decodeArchive } from './decode-archive.ts';
import { damagedError } from './damaged-error.ts';
import { requireUsableEntry } from './entry-types.ts';
import { type ContentSink, createTarWalker, tarBlockBytes, type WalkedEntry } from './tar-walker.ts';
import { wholeBlocks } from './whole-blocks.ts';

/** Bytes of an archive that can be read once. */
export interface ArchiveInput {
  /** For messages: a quoted path, an address without credentials. */
  readonly name: string;
  /** The bytes from the start; plain, or compressed with gzip or zstd. */
  readonly read: (run: RunContext) => AsyncIterable<Uint8Array>;
}

/**
 * The blocks of a tar up to its end marker, which is not among them; every entry is told as it comes by. What lies behind the marker is
 * read (so that a damaged compression is noticed, and whoever writes into a pipe can end) and dropped.
 *
 * @throws KanikitError `context-archive-unsupported`, `context-file-unsupported`, `context-unreadable` where the archive is
 * damaged or has no end
 */
export async function* readEntries(
  input: ArchiveInput,
  onEntry: (entry: WalkedEntry) => ContentSink | undefined,
  run: RunContext,
): AsyncGenerator<Buffer, void> {
  const walker = createTarWalker((entry) => {
    requireUsableEntry(entry, input.name);
    return onEntry(entry);
  });
  for await (const blocks of wholeBlocks(decodeArchive(input.read(run), input.name, run))) {
    if (walker.isEnded) continue;
    if (blocks.length % tarBlockBytes !== 0) break;
    const count = push(blocks);
    if (count > 0) yield blocks.subarray(0, count);
  }
  // Go's reader would take what was cut off between two entries for the whole.
  if (!walker.isEnded) throw damagedError(input.name, 'it ends in the middle: there is no end marker');

  function push(blocks: Buffer): number {
    try {
      return walker.push(blocks);
    } catch (error) {
      throw isKanikitError(error) ? error : damagedError(input.name, error);
    }
  }
}
