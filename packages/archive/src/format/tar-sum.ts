import { createHash, type Hash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc } from './combine-crc.ts';

/** What is remembered of tar bytes; the same on every machine. */
export interface TarSum {
  /** SHA-256. */
  readonly digest: Buffer;
  readonly crc: number;
  readonly sizeBytes: number;
}

export function sumOf(raw: Buffer): TarSum {
  return { digest: hash('sha256', raw, 'buffer'), crc: crc32(raw), sizeBytes: raw.length };
}

/** Puts together the sums of an archive's units, in order. */
export interface ArchiveSum {
  readonly crc: number;
  readonly sizeBytes: number;
  add(sum: TarSum): void;
  /** Of the digests so far. */
  digest(): Buffer;
  copy(): ArchiveSum;
}

export function createArchiveSum(): ArchiveSum {
  return continueSum(createHash('sha256'), 0, 0);
}

function continueSum(digests: Hash, startCrc: number, startBytes: number): ArchiveSum {
  let crc = startCrc;
  let sizeBytes = startBytes;
  return {
    get crc() {
      return crc;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    add(sum) {
      digests.update(sum.digest);
      crc = combineCrc(crc, sum.crc, sum.sizeBytes);
      sizeBytes += sum.sizeBytes;
    },
    digest: () => digests.copy().digest(),
    copy: () => continueSum(digests.copy(), crc, sizeBytes),
  };
}
