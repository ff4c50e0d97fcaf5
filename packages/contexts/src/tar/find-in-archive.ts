import type { RunContext } from '@kanikit/spec';
import { createFileCatcher } from './file-catcher.ts';
import { type ArchiveInput, readEntries } from './read-entries.ts';

/** As many links in a row as Linux follows. */
const mostLinks = 40;

/**
 * The content of a file inside of a tar; links are followed. Undefined where the archive has none of that name. The archive is read to its
 * end, since a later entry of the same name is the one that counts.
 *
 * @throws KanikitError `context-archive-unsupported`, `context-unreadable` for a damaged archive
 */
export async function findInArchive(
  input: ArchiveInput,
  path: string,
  run: RunContext,
): Promise<Buffer | undefined> {
  let wanted: string | undefined = path;
  for (let links = 0; wanted !== undefined && links <= mostLinks; links += 1) {
    const catcher = createFileCatcher(wanted);
    for await (const _blocks of readEntries(input, catcher.offer, run));
    const contents = catcher.contents();
    if (contents !== undefined) return contents;
    wanted = catcher.linkTarget();
  }
  return undefined;
}
