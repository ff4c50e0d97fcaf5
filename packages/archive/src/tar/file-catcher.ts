import { joinedEntryPath, normalEntryPath } from './entry-path.ts';
import type { ContentSink, WalkedEntry } from './tar-walker.ts';

/** No Dockerfile is this long; a file named by mistake may be. */
const largestDockerfileBytes = 16 * 1024 * 1024;

/** Keeps the content of one file of an archive, of the last one where several have its name: that is what unpacking leaves. */
export interface FileCatcher {
  readonly offer: (entry: WalkedEntry) => ContentSink | undefined;
  /** Undefined where the archive had no such file. */
  contents(): Buffer | undefined;
  /** Where a link of that name leads, inside of the archive; undefined for a file. */
  linkTarget(): string | undefined;
}

export function createFileCatcher(path: string): FileCatcher {
  const wanted = normalEntryPath(path);
  let pieces: Buffer[] | undefined;
  let target: string | undefined;
  return {
    offer(entry) {
      if (normalEntryPath(entry.path) !== wanted) return undefined;
      pieces = undefined;
      target = targetOf(entry, wanted);
      const isFile = target === undefined && entry.type !== 'Directory';
      if (!isFile || entry.sizeBytes > largestDockerfileBytes) return undefined;
      const kept: Buffer[] = [];
      pieces = kept;
      return (piece) => void kept.push(Buffer.from(piece));
    },
    contents: () => (pieces === undefined ? undefined : Buffer.concat(pieces)),
    linkTarget: () => target,
  };
}

function targetOf({ type, linkpath }: WalkedEntry, path: string): string | undefined {
  if (type === 'Link') return normalEntryPath(linkpath);
  if (type !== 'SymbolicLink') return undefined;
  return linkpath.startsWith('/') ? normalEntryPath(linkpath) : joinedEntryPath(path, linkpath);
}
