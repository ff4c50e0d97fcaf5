import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Checksum algorithms of S3, as the part of the header name after `x-amz-checksum-`. */
export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
];

export interface Checksum {
  update(bytes: Uint8Array): void;
  /** Base64 of the checksum's bytes, most significant first, as S3 writes it. */
  digest(): string;
}

export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case 'sha1':
    case 'sha256': {
      const hash = createHash(algorithm);
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
    }
    case 'crc32': {
      let value = 0;
      return {
        update: (bytes) => {
          value = crc32(bytes, value);
        },
        digest: () => base64([value]),
      };
    }
    case 'crc32c':
      return createReflectedCrc(crc32cTable, false);
    case 'crc64nvme':
      return createReflectedCrc(crc64nvmeTable, true);
  }
}

/** 256 pairs of high and low 32 bits; 32-bit polynomials use the low half alone. */
type CrcTable = () => Uint32Array;

const crc32cTable: CrcTable = lazyTable(0, 0x82f63b78);
const crc64nvmeTable: CrcTable = lazyTable(0x9a6c9329, 0xac4bc9b5);

/** Node has neither of these, and only some SDKs send them: two 32-bit halves are fast enough without BigInt. */
function createReflectedCrc(getTable: CrcTable, isWide: boolean): Checksum {
  const table = getTable();
  let high = isWide ? 0xffffffff : 0;
  let low = 0xffffffff;
  return {
    update: (bytes) => {
      for (let index = 0; index < bytes.length; index += 1) {
        const entry = ((low ^ bytes[index]!) & 0xff) * 2;
        low = ((low >>> 8) | (high << 24)) ^ table[entry + 1]!;
        high = (high >>> 8) ^ table[entry]!;
      }
    },
    digest: () => base64(isWide ? [~high >>> 0, ~low >>> 0] : [~low >>> 0]),
  };
}

function lazyTable(highPolynomial: number, lowPolynomial: number): CrcTable {
  let table: Uint32Array | undefined;
  return () => (table ??= makeTable(highPolynomial, lowPolynomial));
}

function makeTable(highPolynomial: number, lowPolynomial: number): Uint32Array {
  const table = new Uint32Array(512);
  for (let byte = 0; byte < 256; byte += 1) {
    let high = 0;
    let low = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      const isSet = (low & 1) === 1;
      low = ((low >>> 1) | (high << 31)) ^ (isSet ? lowPolynomial : 0);
      high = (high >>> 1) ^ (isSet ? highPolynomial : 0);
    }
    table[byte * 2] = high;
    table[byte * 2 + 1] = low;
  }
  return table;
}

function base64(words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4));
  return bytes.toString('base64');
}
