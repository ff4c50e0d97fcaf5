import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KanikitError } from '@kanikit/spec';

/**
 * Writes pieces to a file that is whole or not there: it gets its name at the end. Errors of the pieces pass through unchanged.
 *
 * @throws KanikitError `output-file-failed`
 */
export async function writeArchiveFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  const file = await told(path, open(unfinished, 'wx'));
  try {
    try {
      for await (const piece of pieces) await told(path, file.writeFile(piece));
    } finally {
      await told(path, file.close());
    }
    await told(path, rename(unfinished, path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function told<Value>(path: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw new KanikitError({
      code: 'output-file-failed',
      message: `Writing the archive ${path} (--output): ${(error as Error).message}.`,
      hint: 'Nothing of it is left. Name another place, or make room.',
      cause: error,
    });
  }
}
