import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KanikitError, type RunContext } from '@kanikit/spec';
import { errorCode } from '../errors/context-errors.ts';
import { withAbort } from '../async/read-all.ts';
import { createDecoder, formatProbeBytes, requireArchiveFormat, requireTarInside } from './archive-format.ts';
import { damagedError } from './damaged-error.ts';

/** Large enough that a round trip to the thread pool is worth it. */
const chunkBytes = 256 * 1024;

/**
 * The bytes of a tar, its compression (gzip, zstd) undone.
 *
 * @param name of the archive, for messages: a quoted path, an address without credentials
 * @throws KanikitError `context-archive-unsupported`, `context-unreadable`; errors of the stream pass through unchanged
 */
export async function* decodeArchive(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  run: RunContext,
): AsyncGenerator<Uint8Array, void> {
  const input = withAbort(stream, run.signal);
  try {
    const head = await readHead(input);
    const format = requireArchiveFormat(head, name);
    const whole = continueWith(head, input);
    if (format === 'tar') yield* whole;
    else yield* tarInside(decode(whole, format, name), format, name);
  } finally {
    await input.return();
  }
}

async function* tarInside(
  decoded: AsyncGenerator<Uint8Array, void>,
  format: 'gzip' | 'zstd',
  name: string,
): AsyncGenerator<Uint8Array, void> {
  try {
    const head = await readHead(decoded);
    requireTarInside(head, format, name);
    yield* continueWith(head, decoded);
  } finally {
    await decoded.return();
  }
}

async function* decode(
  input: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'zstd',
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const decoder = createDecoder(format, chunkBytes);
  let fedBytes = 0;
  async function* feed(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      fedBytes += chunk.length;
      yield chunk;
    }
  }
  const feeding = pipeline(Readable.from(feed(), { objectMode: false, highWaterMark: chunkBytes }), decoder);
  // The decoder ends with the same error, where it is read.
  feeding.catch(() => {});
  try {
    yield* decoder as AsyncIterable<Buffer>;
    await feeding;
  } catch (error) {
    if (/^(?:Z_|ZSTD_)/.test(errorCode(error) ?? '')) throw damagedError(name, error);
    throw error;
  }
  // Node reads gzip members on end, but of zstd frames only the first.
  if (format === 'zstd' && decoder.bytesWritten < fedBytes) throw severalFrames(name);
}

function severalFrames(name: string): KanikitError {
  return new KanikitError({
    code: 'context-archive-unsupported',
    message: `Reading the build context ${name}: it is compressed with zstd in several frames, of which only the first can be read here.`,
    hint: 'Pipe it in, as in "zstd -dc FILE | kanikit build -", or make it anew with gzip.',
  });
}

async function readHead(input: AsyncGenerator<Uint8Array, void>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let sizeBytes = 0; sizeBytes < formatProbeBytes;) {
    const next = await input.next();
    if (next.done === true) break;
    chunks.push(next.value);
    sizeBytes += next.value.length;
  }
  return Buffer.concat(chunks);
}

async function* continueWith(
  head: Buffer,
  input: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* input;
}
