import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar/parse';
import { KanikitError } from '@kanikit/spec';
import { describeCause, quotePath } from '../archive/context-errors.ts';

const largestFileBytes = 16 * 1024 * 1024;

/**
 * The contents of a file inside a tar (plain or gzip); undefined where the archive has none of that name.
 *
 * @throws KanikitError `context-unreadable` for a damaged archive
 */
export async function findInArchive(
  archive: string,
  path: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const wanted = posix.normalize(path);
  const found = new AbortController();
  let contents: Buffer | undefined;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const isWanted = entry.type === 'File' && posix.normalize(entry.path) === wanted;
      if (!isWanted || entry.size > largestFileBytes) {
        entry.resume();
        return;
      }
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => {
        contents = Buffer.concat(chunks);
        found.abort();
      });
    },
  });
  try {
    await pipeline(createReadStream(archive), parser as unknown as NodeJS.WritableStream, {
      signal: AbortSignal.any([signal, found.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!found.signal.aborted) throw damaged(archive, error);
  }
  return contents;
}

function damaged(archive: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'context-unreadable',
    message: `reading the build context ${quotePath(archive)}: ${describeCause(cause)}`,
    hint: 'Check that the archive is whole and readable: tar -tf lists it.',
    cause,
  });
}
