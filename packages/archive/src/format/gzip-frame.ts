import { constants, gzipSync } from 'node:zlib';

// An archive is one gzip member with all that matters in it, and a second one with the zeros that end a tar. Go's reader compares the checksum
// of a member when it gets to its end, and a tar reader goes on to the zeros only behind that: a piece that is missing, twice, in another's
// place or damaged is found before the executor takes the archive for whole.

/** Where a gzip header names the operating system; fixed so that archives agree between machines. */
const systemByte = 9;
const unixSystem = 3;
const deflateMethod = 8;
/** Two end blocks, and enough more that Go's reader never waits for EOF behind them. */
const zeroBytes = 10 * 1024;
/** An empty block that says it is the last. */
const lastBlock = Buffer.of(3, 0);

/** Begins a member; pieces of deflated data follow. */
export const gzipHeader: Buffer = Buffer.of(0x1f, 0x8b, deflateMethod, 0, 0, 0, 0, 0, 0, unixSystem);

/** Ends the member and the archive. */
export function encodeGzipEnd({
  crc,
  sizeBytes,
}: {
  readonly crc: number;
  readonly sizeBytes: number;
}): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc);
  trailer.writeUInt32LE(sizeBytes % 2 ** 32, 4);
  const zeros = gzipSync(Buffer.alloc(zeroBytes), { level: constants.Z_BEST_COMPRESSION });
  zeros[systemByte] = unixSystem;
  return Buffer.concat([lastBlock, trailer, zeros]);
}
