import { createReadStream, type Stats } from 'node:fs';
import { open as openFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ArchiveContext,
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import { changedError, describeCause, errorCode, quotePath } from '../archive/context-errors.ts';
import { createLocalSource } from '../local/index.ts';
import { formatProbeBytes, requireArchiveFormat } from './archive-format.ts';
import { findInArchive } from './find-in-archive.ts';
import { gzipArchive } from './gzip-archive.ts';

const names = /\.(?:tar|tar\.\w+|tgz|txz|tbz2?|tzst)$/i;

/** Tar files on this machine: gzip is sent as it is, a plain tar is compressed on the way. */
export function createTarSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'tar',
    accepts: (reference) => names.test(reference) && !reference.includes('://'),
    open: async (request, run) => await openTar(request, run),
  };
}

async function openTar(request: ContextRequest, run: RunContext): Promise<ArchiveContext> {
  const file = resolve(request.workingDirectory, request.reference);
  const stats = await statArchive(file, request.reference);
  // A directory may have such a name, too.
  if (stats.isDirectory()) {
    const context = await createLocalSource().open(request, run);
    if (context.kind === 'archive') return context;
  }
  const format = requireArchiveFormat(await readHead(file, request.reference), quotePath(request.reference));
  const dockerfile = request.dockerfile ?? 'Dockerfile';
  refuseOutside(request);
  const contents = await findInArchive(file, dockerfile, run.signal);
  if (contents === undefined) throw dockerfileMissing(request.reference, dockerfile);
  return {
    kind: 'archive',
    dockerfile,
    dockerfileText: contents.toString('utf8'),
    warnings: [],
    pack: ({ onProgress }, packRun) => gzipArchive(readUnchanged(file, stats), format, onProgress, packRun),
  };
}

/** The Dockerfile and the context's folder must be inside of an archive that is sent as it is. */
export function refuseOutside({ dockerfile, contextSubPath }: ContextRequest): void {
  if (contextSubPath !== undefined && contextSubPath !== '') {
    throw new KanikitError({
      code: 'context-option-unsupported',
      message: `opening the build context: a sub-path (${quotePath(contextSubPath)}) can't be taken out of a tar archive`,
      hint: 'Unpack the archive and name the directory.',
    });
  }
  if (dockerfile === '-' || dockerfile?.startsWith('/') === true || dockerfile?.includes('://') === true) {
    throw new KanikitError({
      code: 'dockerfile-unsupported',
      message: 'opening the build context: with a tar archive the Dockerfile must be inside of it',
      hint: 'Name it by its path inside the archive, or unpack the archive and build from the directory.',
    });
  }
}

async function* readUnchanged(file: string, before: Stats): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  const after = await stat(file);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino) {
    throw changedError(file, 'changed');
  }
}

async function statArchive(file: string, written: string): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    const isMissing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    throw new KanikitError({
      code: isMissing ? 'context-missing' : 'context-unreadable',
      message: `opening the build context ${quotePath(written)}: ${isMissing ? `there is no ${quotePath(file)}` : describeCause(error)}`,
      hint: 'Name a tar file or a directory.',
      cause: error,
    });
  }
}

async function readHead(file: string, written: string): Promise<Buffer> {
  try {
    await using handle = await openFile(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(formatProbeBytes), 0, formatProbeBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new KanikitError({
      code: 'context-unreadable',
      message: `opening the build context ${quotePath(written)}: ${describeCause(error)}`,
      hint: 'Make it readable.',
      cause: error,
    });
  }
}

function dockerfileMissing(archive: string, dockerfile: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: `looking for the Dockerfile: there is no ${quotePath(dockerfile)} in ${quotePath(archive)}`,
    hint: 'Name it with --file by its path inside the archive.',
  });
}
