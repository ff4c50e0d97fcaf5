import { constants, createGzip, type Gzip, type ZlibReset } from 'node:zlib';
import { freeBuffer } from './free-buffer.ts';

const chunkBytes = 256 * 1024;
/** Where a gzip header names the operating system; fixed so that archives agree between machines. */
const systemByte = 9;
const unixSystem = 3;

/** Makes a gzip member of a block in the thread pool; one at a time. */
export type Compressor = (block: Uint8Array) => Promise<Buffer<ArrayBuffer>>;

/** One stream makes all members: a new one for each would cost twice the memory, and leave all of it to the collector. */
export function createCompressor(): Compressor {
  const options = { level: constants.Z_BEST_SPEED, chunkSize: chunkBytes };
  // The types leave out that gzip can be reset like deflate.
  const stream = createGzip(options) as Gzip & ZlibReset;
  let pieces: Buffer<ArrayBuffer>[] = [];
  stream.on('data', (piece: Buffer<ArrayBuffer>) => void pieces.push(piece));
  const takeMember = (): Buffer<ArrayBuffer> => {
    const member = Buffer.concat(pieces);
    // The stream fills a chunk to its end, and then takes another.
    for (const piece of pieces) {
      if (piece.byteOffset + piece.length === piece.buffer.byteLength) freeBuffer(piece);
    }
    pieces = [];
    member[systemByte] = unixSystem;
    stream.reset();
    return member;
  };
  return async (block) => {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject);
      stream.write(block);
      stream.flush(constants.Z_FINISH, () => {
        stream.off('error', reject);
        resolve();
      });
    });
    return takeMember();
  };
}
