import { pipeline } from 'node:stream/promises';
import { isKanikitError, KanikitError } from '@kanikit/spec';

/**
 * Writes pieces to standard output, as fast as its reader takes them. Errors of the pieces pass through unchanged.
 *
 * @throws KanikitError `output-file-failed` where the reader goes away
 */
export async function writeBytes(
  output: NodeJS.WritableStream,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(pieces, output, { end: false, signal });
  } catch (error) {
    if (isKanikitError(error) || signal.aborted) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new KanikitError({
      code: 'output-file-failed',
      message: `Writing the archive to standard output: ${code === 'EPIPE' ? 'its reader went away' : message}.`,
      hint: 'The archive is not complete: do not use what was read of it.',
      cause: error,
    });
  }
}
