import { gunzipSync } from 'node:zlib';
import { Parser } from 'tar';

export interface ReadEntry {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly owner: string;
  readonly mtime: number;
  readonly linkpath: string;
  readonly contents: Buffer;
}

/** Structurally a part of the `PackedArchive` of @kanikit/spec. */
interface ArchiveInParts {
  readonly parts: AsyncIterable<{ read(): Promise<Uint8Array> }>;
}

/** The whole archive. */
export async function collect(archive: ArchiveInParts): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const part of archive.parts) chunks.push(await part.read());
  return Buffer.concat(chunks);
}

/** The entries as the `tar` package reads them, in order; not that of the root. */
export async function readArchive(archive: Buffer): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  const tar = gunzipSync(archive);
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => {
        entries.push({
          path: entry.path.replace(/\/$/, ''),
          type: entry.type,
          mode: entry.mode ?? -1,
          owner: `${entry.uid}:${entry.gid}`,
          mtime: entry.mtime?.getTime() ?? -1,
          linkpath: entry.linkpath ?? '',
          contents: Buffer.concat(chunks),
        });
      });
    },
  });
  const ended = new Promise((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', reject);
  });
  parser.end(tar);
  await ended;
  return entries.filter((entry) => entry.path !== '.');
}

export const isSealEntry = ({ path }: Pick<ReadEntry, 'path'>): boolean => path.startsWith('.kanikit.');

/** Paths of the tree; not the seal at the end. */
export async function listPaths(archive: ArchiveInParts): Promise<readonly string[]> {
  return (await readArchive(await collect(archive)))
    .filter((entry) => !isSealEntry(entry))
    .map((entry) => entry.path);
}
