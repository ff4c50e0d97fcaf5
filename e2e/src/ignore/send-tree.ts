import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalSource } from '@kanikit/contexts/local';
import { isKanikitError, type ArchiveContext, type RunContext } from '@kanikit/spec';
import { listArchive } from '../parts/list-archive.ts';

/** A tree and an ignore file that stands outside of it, beside the Dockerfile. */
export interface TreeToSend {
  readonly root: string;
  readonly ignore: Uint8Array;
  /** A folder for the Dockerfile and its ignore file. */
  readonly scratch: string;
}

/** Paths in Latin-1; or why the ignore file is refused. */
export type Sent =
  | {
      readonly paths: readonly string[];
      /** Files with content of which none is sent. */
      readonly emptied: readonly string[];
    }
  | { readonly refusal: string };

/** What the list of the context names. */
export async function listSent(tree: TreeToSend): Promise<Sent> {
  return await open(tree, async (context, run) => {
    const paths: string[] = [];
    const emptied: string[] = [];
    for await (const { path, type, sizeBytes } of context.list!({}, run)) {
      const name = toLatin1(path);
      paths.push(name);
      if (type === 'file' && sizeBytes === 0 && sizeOf(tree.root, name) > 0) emptied.push(name);
    }
    return { paths, emptied };
  });
}

/** What GNU tar takes out of the archive, without the Dockerfile and the ignore file that are put in. */
export async function packSent(tree: TreeToSend): Promise<Sent> {
  return await open(tree, async (context, run, folder) => {
    const archive = context.pack({ cut: 'stream' }, run);
    const pieces: Uint8Array[] = [];
    for await (const part of archive.parts) pieces.push(await part.read());
    const { dockerfiles } = await archive.summary;
    const own = new Set([...dockerfiles, ...dockerfiles.map((path) => `${path}.dockerignore`)]);
    const file = join(folder, 'context.tar.gz');
    writeFileSync(file, Buffer.concat(pieces));
    const paths = (await listArchive(file)).filter((path) => !own.has(path));
    const unpacked = join(folder, 'unpacked');
    mkdirSync(unpacked);
    execFileSync('tar', ['-xzf', file, '-C', unpacked]);
    const emptied = paths.filter((path) => sizeOf(unpacked, path) === 0 && sizeOf(tree.root, path) > 0);
    rmSync(unpacked, { recursive: true });
    return { paths, emptied };
  });
}

/** Bytes of a file; 0 for all that is none. */
function sizeOf(root: string, path: string): number {
  const stats = lstatSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]));
  return stats.isFile() ? stats.size : 0;
}

async function open(
  { root, ignore, scratch }: TreeToSend,
  read: (context: ArchiveContext, run: RunContext, folder: string) => Promise<Sent>,
): Promise<Sent> {
  // A folder per ignore file, so that trials may run side by side.
  const folder = join(scratch, createHash('sha256').update(root).update(ignore).digest('hex').slice(0, 24));
  mkdirSync(folder, { recursive: true });
  const dockerfile = join(folder, 'Dockerfile');
  writeFileSync(dockerfile, 'FROM scratch\n');
  writeFileSync(`${dockerfile}.dockerignore`, ignore);
  const run: RunContext = { signal: AbortSignal.timeout(60_000), now: Date.now };
  try {
    const request = { reference: root, dockerfile, workingDirectory: root, contextSubPath: undefined };
    const context = await createLocalSource().open(request, run);
    if (context.kind !== 'archive') throw new Error('a directory is not an archive');
    return await read(context, run, folder);
  } catch (error) {
    if (isKanikitError(error) && error.code === 'ignore-file-invalid') return { refusal: error.message };
    throw error;
  }
}

/** A listed path as bytes: a lone surrogate U+DC80 … U+DCFF stands for a byte that is not UTF-8. */
function toLatin1(path: string): string {
  return Array.from(path, (character) =>
    character.isWellFormed()
      ? Buffer.from(character).toString('latin1')
      : String.fromCharCode(character.charCodeAt(0) & 0xff),
  ).join('');
}
