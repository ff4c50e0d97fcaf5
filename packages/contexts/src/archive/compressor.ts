import { constants, createDeflateRaw, createGzip, type Gzip, type ZlibReset } from 'node:zlib';
import { freeBuffer } from './free-buffer.ts';
import { nameSystem } from './gzip-frame.ts';

const chunkBytes = 256 * 1024;
const options = { level: constants.Z_BEST_SPEED, chunkSize: chunkBytes };

/** `member`: gzip that stands for itself. `piece`: deflated bytes to follow others in a member; they depend on no others. */
export type CompressedForm = 'member' | 'piece';

/** Compresses a block in the thread pool; one at a time. */
export type Compressor = (block: Uint8Array) => Promise<Buffer<ArrayBuffer>>;

/** One stream compresses all blocks: a new one for each would cost twice the memory, and leave all of it to the collector. */
export function createCompressor(form: CompressedForm): Compressor {
  // The types leave out that gzip can be reset like deflate.
  const stream = form === 'piece' ? createDeflateRaw(options) : (createGzip(options) as Gzip & ZlibReset);
  // Either ends on a whole byte.
  const end = form === 'piece' ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
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
    return form === 'piece' ? output : nameSystem(output);
  };
  return async (block) => {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.write(block);
      stream.flush(end, () => {
        stream.off('error', reject);
        resolve();
      });
    });
    return takeOutput();
  };
}
