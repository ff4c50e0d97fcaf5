import { withAbort } from '@kanikit/archive/async';

export interface CollectedChunk {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** The stream in chunks of one size; only the last may be smaller, and comes (empty, perhaps) once the stream has ended well. */
export async function* collectChunks(
  pieces: AsyncIterable<Uint8Array>,
  chunkBytes: number,
  signal: AbortSignal,
): AsyncGenerator<CollectedChunk, void> {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  for await (const piece of withAbort(pieces, signal)) {
    for (let at = 0; at < piece.length;) {
      if (filled === chunkBytes) {
        yield { bytes: chunk, isLast: false };
        // Not used again: the SDK may still hold it.
        chunk = Buffer.allocUnsafe(chunkBytes);
        filled = 0;
      }
      const taken = piece.subarray(at, at + chunkBytes - filled);
      chunk.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  yield { bytes: chunk.subarray(0, filled), isLast: true };
}
