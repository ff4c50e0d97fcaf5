import { untilAborted } from '@kanikit/spec';

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
      const next = await untilAborted(iterator.next(), signal);
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
