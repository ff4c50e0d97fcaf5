/** How often a download that broke is taken up again without having moved. */
const largestRestarts = 4;

/** Opens the bytes from an offset on. */
export type OpenAt = (offset: number) => Promise<AsyncIterable<Uint8Array>>;

/**
 * All bytes of an object, to the last; one that breaks in the middle goes on from there.
 *
 * @throws the error of `open` or of the stream, where going on is no use
 */
export async function* readResuming(
  open: OpenAt,
  sizeBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  let offset = 0;
  let restarts = 0;
  while (offset < sizeBytes) {
    const stream = await open(offset);
    let failure: unknown = new Error(`it ended early, before ${sizeBytes} bytes`);
    try {
      for await (const piece of stream) {
        offset += piece.length;
        if (piece.length > 0) restarts = 0;
        yield piece;
      }
    } catch (error) {
      failure = error;
    }
    if (offset > sizeBytes) throw new Error(`it gave more than ${sizeBytes} bytes`);
    if (offset === sizeBytes) return;
    restarts += 1;
    if (signal.aborted || restarts > largestRestarts) throw failure;
  }
}
