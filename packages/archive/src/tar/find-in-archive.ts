import { posix } from 'node:path';
import type { RunContext } from '@kanikit/spec';
import { isLikeDockerfile } from '../dockerfiles/dockerfile-names.ts';
import { createDockerfilePlaces, type DockerfilePlaces } from './dockerfile-places.ts';
import { normalEntryPath } from './entry-path.ts';
import { createFileCatcher } from './file-catcher.ts';
import { type ArchiveInput, readEntries } from './read-entries.ts';

/** As many links in a row as Linux follows. */
const mostLinks = 40;

/** What an archive holds in all. */
export interface ArchiveTotals {
  /** Entries that are no directories. */
  readonly files: number;
  /** Bytes of content. */
  readonly bytes: number;
}

export interface FoundInArchive {
  /** Undefined where the archive has no file of that name. */
  readonly contents: Buffer | undefined;
  readonly totals: ArchiveTotals;
  /** Where else a file of that name is. */
  readonly places: DockerfilePlaces;
  /** Where a link of that name leads, if no file is at its end. */
  readonly deadLink: string | undefined;
  /** Names beside it that look like that of a Dockerfile. */
  readonly near: readonly string[];
}

/** More names are not collected. */
const mostNear = 100;

/**
 * The content of a file inside of a tar; links are followed. The archive is read to its end, since a later entry of the same name is the one
 * that counts.
 *
 * @throws KanikitError `context-archive-unsupported`, `context-unreadable` for a damaged archive
 */
export async function findInArchive(
  input: ArchiveInput,
  path: string,
  run: RunContext,
): Promise<FoundInArchive> {
  let totals: ArchiveTotals = { files: 0, bytes: 0 };
  let deadLink: string | undefined;
  const places = createDockerfilePlaces(path);
  const folder = normalEntryPath(posix.dirname(path));
  const near = new Set<string>();
  let wanted: string | undefined = path;
  for (let links = 0; wanted !== undefined && links <= mostLinks; links += 1) {
    const catcher = createFileCatcher(wanted);
    let { files, bytes } = { files: 0, bytes: 0 };
    const blocks = readEntries(
      input,
      (entry) => {
        if (entry.type !== 'Directory') files += 1;
        bytes += entry.sizeBytes;
        if (links === 0) places.see(entry);
        const { dir, base } = posix.parse(normalEntryPath(entry.path));
        if (dir === folder && near.size < mostNear && isLikeDockerfile(base)) near.add(base);
        return catcher.offer(entry);
      },
      run,
    );
    for await (const _blocks of blocks);
    totals = { files, bytes };
    const contents = catcher.contents();
    if (contents !== undefined) return { contents, totals, places, deadLink: undefined, near: [] };
    wanted = catcher.linkTarget();
    deadLink ??= wanted;
  }
  return { contents: undefined, totals, places, deadLink, near: [...near] };
}
