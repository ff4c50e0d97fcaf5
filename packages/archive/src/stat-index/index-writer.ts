import { createHash, randomUUID } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TarSum } from '../format/tar-sum.ts';
import {
  describeIdentity,
  type IndexIdentity,
  indexFileName,
  partHeaderBytes,
  timeBytes,
  unitHeaderBytes,
} from './index-format.ts';

/** A unit for the index. */
export interface UnitToIndex {
  /** Empty for the seal. */
  readonly record: Buffer;
  readonly sum: TarSum;
}

/** Writes an index beside the old one; it takes the old one's place only when all of it is there. */
export interface IndexWriter {
  addPart(digest: string, sizeBytes: number, units: readonly UnitToIndex[]): void;
  commit(): void;
  /** Leaves the old index as it was; does nothing after `commit`. */
  discard(): void;
}

/** @throws the file system's errors */
export function createIndexWriter(folder: string, identity: IndexIdentity, now: () => number): IndexWriter {
  const file = join(folder, indexFileName(identity));
  const partial = `${file}.${randomUUID()}.partial`;
  const descriptor = openSync(partial, 'wx', 0o600);
  const checksum = createHash('sha256');
  let isOpen = true;
  const write = (bytes: Buffer): void => {
    checksum.update(bytes);
    writeAll(descriptor, bytes);
  };
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  write(describeIdentity(identity));
  return {
    addPart(digest, sizeBytes, units) {
      write(encodePart(digest, sizeBytes, units));
    },
    commit() {
      const time = Buffer.alloc(timeBytes);
      time.writeDoubleLE(now());
      write(time);
      writeAll(descriptor, checksum.digest());
      close();
      renameSync(partial, file);
    },
    discard() {
      close();
      rmSync(partial, { force: true });
    },
  };
}

function encodePart(digest: string, sizeBytes: number, units: readonly UnitToIndex[]): Buffer {
  const header = Buffer.alloc(partHeaderBytes);
  const pieces = units.flatMap(({ record, sum }) => {
    const unitHeader = Buffer.alloc(unitHeaderBytes);
    unitHeader.writeUInt32LE(record.length);
    unitHeader.writeUInt32LE(sum.sizeBytes, 4);
    unitHeader.writeUInt32LE(sum.crc, 8);
    sum.digest.copy(unitHeader, 12);
    return [unitHeader, record];
  });
  header.writeUInt32LE(pieces.reduce((sum, piece) => sum + piece.length, 0));
  header.writeUInt32LE(units.length, 4);
  header.writeDoubleLE(sizeBytes, 8);
  header.write(digest.replace(/^sha256:/, ''), 16, 'hex');
  return Buffer.concat([header, ...pieces]);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
