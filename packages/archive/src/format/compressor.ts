import { constants, createDeflateRaw } from 'node:zlib';
import { freeBuffer } from './free-buffer.ts';

const chunkBytes = 256 * 1024;

/** Deflates a block in the thread pool, to whole bytes that others may follow and that depend on no others; one at a time. */
export type Compressor = (block: Uint8Array) => Promise<Buffer<ArrayBuffer>>;

/** One stream compresses all blocks: a new one for each would cost twice the memory, and leave all of it to the collector. */
export function createCompressor(): Compressor {
  const stream = createDeflateRaw({ level: constants.Z_BEST_SPEED, chunkSize: chunkBytes });
  let chunks: Buffer<ArrayBuffer>[] = [];
  stream.on('data', (chunk: Buffer<ArrayBuffer>) => void chunks.push(chunk));
  const takeOutput = (): Buffer<ArrayBuffer> => {
    const output = Buffer.concat(chunks);
    // The stream fills its memory to the end, and then takes other.
    for (const chunk of chunks) {
      if (chunk.byteOffset + chunk.length === chunk.buffer.byteLength) freeBuffer(chunk);
    }
    chunks = [];
    stream.reset();
    return output;
  };
  return async (block) => {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.write(block);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.off('error', reject);
        resolve();
      });
    });
    return takeOutput();
  };
}
