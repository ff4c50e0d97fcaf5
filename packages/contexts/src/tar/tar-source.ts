import { createReadStream, type Stats } from 'node:fs';
import { open as openFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { changedError, describeCause, errorCode, quotePath } from '@kanikit/archive/errors';
import { formatProbeBytes, requireArchiveFormat } from '@kanikit/archive/tar';
import {
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import { asSentence, withoutCredentials } from '@kanikit/toolkit/text';
import { createLocalSource } from '../local/index.ts';
import { openArchiveContext } from './archive-context.ts';
import { isTarReference } from './is-tar-reference.ts';

const chunkBytes = 256 * 1024;

/** Tar files on this machine: plain, or compressed with gzip or zstd. */
export function createTarSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'tar',
    accepts: isTarReference,
    open: async (request, run) => await openTar(request, run),
  };
}

async function openTar(request: ContextRequest, run: RunContext): Promise<PreparedContext> {
  const file = resolve(request.workingDirectory, request.reference);
  const stats = await statArchive(file, request.reference);
  // A directory may have such a name, too.
  if (stats.isDirectory()) return await createLocalSource().open(request, run);
  const name = quotePath(request.reference);
  requireArchiveFormat(await readHead(file, request.reference), name);
  const archive = {
    name,
    read: () => readUnchanged(file, stats),
    isAtHand: true,
    shareKey: `tar ${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}`,
  };
  return await openArchiveContext(archive, request, run);
}

async function* readUnchanged(file: string, before: Stats): AsyncGenerator<Uint8Array, void> {
  yield* createReadStream(file, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>;
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
      message: asSentence(
        `Opening the build context ${quotePath(withoutCredentials(written))}: ${isMissing ? `there is no ${quotePath(withoutCredentials(file))}` : describeCause(error)}`,
      ),
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
      message: asSentence(
        `Opening the build context ${quotePath(withoutCredentials(written))}: ${describeCause(error)}`,
      ),
      hint: 'Make it readable.',
      cause: error,
    });
  }
}
