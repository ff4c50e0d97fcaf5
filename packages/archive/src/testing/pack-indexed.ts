import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveSummary, PackedArchive } from '@kanikit/spec';
import { testRun } from '@kanikit/testing';
import { type FolderToPack, packFolder } from './pack-folder.ts';

/** Later than any file a test has just written, by more than times are coarse: what is packed then is trusted the next time. */
export const later = (): number => Date.now() + 10_000;

/** An archive of a folder with an index, at a time when its files are old enough. */
export function archiveIndexed(
  root: string,
  indexFolder: string,
  now: () => number = later,
  folder: FolderToPack = {},
): PackedArchive {
  const run = { ...testRun(), now };
  return packFolder(root, { run, ...folder, options: { indexFolder, ...folder.options } });
}

export interface PackedParts {
  readonly digests: readonly string[];
  readonly sizes: readonly number[];
  readonly bytes: Buffer;
  readonly summary: ArchiveSummary;
}

/**
 * Takes and reads all parts, each of which must be what it says.
 *
 * @param store what earlier archives left: parts that are in it are not read again, as no real store asks for them
 */
export async function readParts(
  archive: PackedArchive,
  store: Map<string, Uint8Array> = new Map(),
): Promise<PackedParts> {
  const digests: string[] = [];
  const pieces: Uint8Array[] = [];
  for await (const part of archive.parts) {
    const bytes = store.get(part.digest) ?? (await part.read());
    store.set(part.digest, bytes);
    if (part.digest !== `sha256:${hash('sha256', bytes)}` || part.sizeBytes !== bytes.length) {
      throw new Error('a part is not what it says');
    }
    digests.push(part.digest);
    pieces.push(bytes);
  }
  const sizes = pieces.map((piece) => piece.length);
  return { digests, sizes, bytes: Buffer.concat(pieces), summary: await archive.summary };
}

/** The only file in the folder. */
export function onlyFile(folder: string): string {
  const names = readdirSync(folder);
  if (names.length !== 1) throw new Error(`expected one file, not ${names.join(', ')}`);
  return join(folder, names[0]!);
}
