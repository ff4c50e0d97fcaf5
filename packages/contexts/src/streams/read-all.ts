/** All bytes of a stream, or undefined where there are more than the limit. */
export async function readAll(
  stream: AsyncIterable<Uint8Array>,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of withAbort(stream, signal)) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The stream, ended by the signal's reason even while it waits for its next chunk. */
export async function* withAbort<Value>(
  stream: AsyncIterable<Value>,
  signal: AbortSignal,
): AsyncGenerator<Value, void> {
  const iterator = stream[Symbol.asyncIterator]();
  let isDone = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await unlessAborted(iterator.next(), signal);
      if (next.done === true) {
        isDone = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs in its next read would hold up the end as well.
    if (!isDone) void iterator.return?.()?.catch(() => {});
  }
}

/** Leaves nothing behind on the signal: what waits there for long would keep every chunk in memory. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    // The work may have aborted it before it was listened to.
    if (signal.aborted) abort();
    const settle = (): void => signal.removeEventListener('abort', abort);
    work.then(resolve, reject).finally(settle);
  });
}
