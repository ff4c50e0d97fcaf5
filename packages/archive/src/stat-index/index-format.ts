import { hash } from 'node:crypto';
import { hostname } from 'node:os';

/** To be raised when the same tree would give other records, units or archive bytes. */
const format = 2;

/** All that must agree for an index to say anything about a tree. */
export interface IndexIdentity {
  /** Real path. */
  readonly root: string;
  readonly rootDevice: number;
  /** Text that is the same for the same ignore rules. */
  readonly rules: string;
  readonly mtime: string;
}

export const digestBytes = 32;

/** The first line of an index. */
export function describeIdentity(identity: IndexIdentity): Buffer {
  // The same zlib on the same machine: parts are promised by the digest of their compressed bytes.
  const machine = [hostname(), process.platform, process.arch, process.version, process.versions.zlib];
  const { root, rootDevice, rules, mtime } = identity;
  const line = JSON.stringify(['kanikit index', format, machine, root, rootDevice, rules, mtime]);
  return Buffer.from(`${line}\n`);
}

/** A name for each tree that is packed in one way. */
export function indexFileName({ root, rules, mtime }: IndexIdentity): string {
  return `${hash('sha256', JSON.stringify([root, rules, mtime])).slice(0, 32)}.index`;
}

/** A part as the index knows it. */
export interface IndexedPart {
  /** `sha256:…` of its bytes. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly unitCount: number;
}

// identity (a line), parts, time and checksum
// part: bytes of its units (u32), count of units (u32), size (f64), digest (32 bytes), then its units
// unit: bytes of the record (u32), of its tar bytes their count and CRC-32 (u32) and SHA-256 (32 bytes), then the record
// at the end: when it was written (f64, milliseconds since the epoch), SHA-256 of all before
export const partHeaderBytes: number = 16 + digestBytes;
export const unitHeaderBytes: number = 12 + digestBytes;
export const timeBytes = 8;
export const checksumBytes = 32;
