/**
 * The stream, read before it is asked for up to a limit (at least one chunk). Reading begins at once and ends with the signal; an error comes
 * out where it stood in the stream.
 */
export function readAhead(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let heldBytes = 0;
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeReader = Promise.withResolvers<void>();
  let wakeFiller = Promise.withResolvers<void>();

  const fill = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        signal.throwIfAborted();
        chunks.push(chunk);
        heldBytes += chunk.length;
        wakeReader.resolve();
        while (heldBytes >= limitBytes && !isDone) {
          await wakeFiller.promise;
          wakeFiller = Promise.withResolvers();
        }
        if (isDone) return;
      }
    } catch (error) {
      failure = { error };
    } finally {
      isDone = true;
      wakeReader.resolve();
    }
  };
  const stop = (): void => {
    isDone = true;
    wakeFiller.resolve();
    wakeReader.resolve();
  };
  signal.addEventListener('abort', stop, { once: true });
  void fill();

  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        signal.throwIfAborted();
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          heldBytes -= chunk.length;
          wakeFiller.resolve();
          yield chunk;
        } else if (failure !== undefined) {
          throw failure.error;
        } else if (isDone) {
          return;
        } else {
          await wakeReader.promise;
          wakeReader = Promise.withResolvers();
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
  return read();
}
