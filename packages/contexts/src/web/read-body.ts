import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * The body of an answer, without the `Content-Encoding` gzip. Ends with an error where the server stops, hangs up early or sends an encoding
 * that was not asked for; never early without one.
 */
export async function* readBody(
  answer: IncomingMessage,
  idleTimeoutMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  const stopped = new AbortController();
  try {
    if (encoding !== 'identity' && encoding !== 'gzip')
      throw new Error(`the server answers with Content-Encoding ${encoding}`);
    const decoded = encoding === 'gzip' ? createGunzip() : new PassThrough();
    const flow = pipeline(answer, decoded, { signal: AbortSignal.any([signal, stopped.signal]) });
    // The reader of `decoded` gets the same error.
    flow.catch(() => {});
    const chunks = (decoded as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    for (;;) {
      const next = await limited(chunks.next(), idleTimeoutMs);
      if (next.done === true) break;
      yield next.value;
    }
    await flow;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    stopped.abort();
    answer.destroy();
  }
}

async function limited<Value>(promise: Promise<Value>, limitMs: number): Promise<Value> {
  const silent = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => silent.reject(new Error(`the server was silent for ${limitMs / 1000} s`)),
    limitMs,
  );
  try {
    return await Promise.race([promise, silent.promise]);
  } finally {
    clearTimeout(timer);
  }
}
