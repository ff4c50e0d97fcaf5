import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalSource } from '@kanikit/contexts/local';
import { isKanikitError, type ArchiveContext, type RunContext } from '@kanikit/spec';

/** A tree and an ignore file that stands outside of it, beside the Dockerfile. */
export interface TreeToSend {
  readonly root: string;
  readonly ignore: Uint8Array;
  /** A folder for the Dockerfile and its ignore file. */
  readonly scratch: string;
}

/** Paths in Latin-1, sorted; or why the ignore file is refused. */
export type Sent = { readonly paths: readonly string[] } | { readonly refusal: string };

/** What the list of the context names. */
export async function listSent(tree: TreeToSend): Promise<Sent> {
  return await open(tree, async (context, run) => {
    const paths: string[] = [];
    for await (const entry of context.list!({}, run)) paths.push(toLatin1(entry.path));
    return paths;
  });
}

/** What GNU tar finds in the archive, without the Dockerfile and the ignore file that are put in. */
export async function packSent(tree: TreeToSend): Promise<Sent> {
  return await open(tree, async (context, run) => {
    const archive = context.pack({ cut: 'stream' }, run);
    const pieces: Uint8Array[] = [];
    for await (const part of archive.parts) pieces.push(await part.read());
    const { dockerfiles } = await archive.summary;
    const own = new Set([...dockerfiles, ...dockerfiles.map((path) => `${path}.dockerignore`)]);
    return listArchive(Buffer.concat(pieces)).filter((path) => path !== '.' && !own.has(path));
  });
}

async function open(
  { root, ignore, scratch }: TreeToSend,
  read: (context: ArchiveContext, run: RunContext) => Promise<readonly string[]>,
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
    return { paths: (await read(context, run)).toSorted() };
  } catch (error) {
    if (isKanikitError(error) && error.code === 'ignore-file-invalid') return { refusal: error.message };
    throw error;
  }
}

function listArchive(archive: Uint8Array): readonly string[] {
  const output = execFileSync('tar', ['-tzf', '-', '--quoting-style=escape'], {
    input: archive,
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => unescape(line).replace(/\/$/, '').replace(/^\.\//, ''));
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3}|.)/g, (_all, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (escapes[escape] ?? escape),
  );
}

/** A listed path as bytes: a lone surrogate U+DC80 … U+DCFF stands for a byte that is not UTF-8. */
function toLatin1(path: string): string {
  return Array.from(path, (character) =>
    character.isWellFormed()
      ? Buffer.from(character).toString('latin1')
      : String.fromCharCode(character.charCodeAt(0) & 0xff),
  ).join('');
}
