import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { BlockWriter } from './block-writer.ts';
import { changedError, entryError } from './context-errors.ts';
import { checkLength, checkUnchanged, type OpenFile } from './open-file.ts';
import { tarPaddingBytes } from './tar-header.ts';

const readAsync = promisify(read);

/**
 * Reads a large file into the writer's blocks. Yields after every read, for the caller to empty the pipeline.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`
 */
export async function* readLargeFile(file: OpenFile, writer: BlockWriter): AsyncGenerator<void, void> {
  const sizeBytes = file.stats.size;
  let total = 0;
  while (total < sizeBytes) {
    const wanted = Math.min(writer.room, sizeBytes - total);
    const count = await readSome(file, writer.buffer, writer.used, wanted);
    if (count === 0) throw changedError(file.path, 'became shorter');
    total += count;
    writer.advance(count);
    writer.flush();
    yield;
  }
  checkLength(file, total + (await readSome(file, Buffer.alloc(1), 0, 1)));
  checkUnchanged(file);
  writer.writeZeros(tarPaddingBytes(sizeBytes));
}

async function readSome(file: OpenFile, buffer: Buffer, offset: number, length: number): Promise<number> {
  try {
    return (await readAsync(file.descriptor, buffer, offset, length, null)).bytesRead;
  } catch (error) {
    throw entryError(file.path, error);
  }
}
