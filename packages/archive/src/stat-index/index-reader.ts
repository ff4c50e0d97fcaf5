import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors/context-errors.ts';
import type { TarSum } from '../format/tar-sum.ts';
import { comparePaths } from './compare-paths.ts';
import {
  checksumBytes,
  describeIdentity,
  digestBytes,
  type IndexedPart,
  type IndexIdentity,
  indexFileName,
  partHeaderBytes,
  timeBytes,
  unitHeaderBytes,
} from './index-format.ts';
import { placeOfRecord, type UnitPlace } from './unit-record.ts';

/** Memory for checking an index. */
const chunkBytes = 256 * 1024;

/** A unit of the last packing. */
export interface IndexedUnit {
  readonly part: IndexedPart;
  /** Which of the part's units it is. */
  readonly ordinal: number;
  readonly sum: TarSum;
  /** Empty for the seal. */
  readonly record: Buffer;
}

/** Units of the last packing, in order. */
export interface IndexReader {
  /** The unit with the same record, if there is one. To be asked in the archive's order. */
  find(record: Buffer): IndexedUnit | undefined;
  /** The next unit that was not found yet; undefined at the end. */
  peek(): IndexedUnit | undefined;
  close(): void;
}

/**
 * Opens the index of a tree, if this machine wrote one for this tree that is intact and not dated in the future.
 *
 * @throws the file system's errors
 */
export function openIndex(folder: string, identity: IndexIdentity, nowMs: number): IndexReader | undefined {
  const descriptor = tryOpen(join(folder, indexFileName(identity)));
  if (descriptor === undefined) return undefined;
  let reader: IndexReader | undefined;
  try {
    const identityLine = describeIdentity(identity);
    const end = fstatSync(descriptor).size - checksumBytes;
    if (end >= identityLine.length + timeBytes && isWhole(descriptor, end)) {
      const isSame = readExactly(descriptor, 0, identityLine.length).equals(identityLine);
      const time = readExactly(descriptor, end - timeBytes, timeBytes).readDoubleLE();
      // A clock that was set back may give new content the times of the old.
      if (isSame && time <= nowMs) reader = createReader(descriptor, identityLine.length, end - timeBytes);
    }
    return reader;
  } finally {
    if (reader === undefined) closeSync(descriptor);
  }
}

function tryOpen(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the checksum at the end is right. The file is read twice, so that a damaged index is rejected as a whole. */
function isWhole(descriptor: number, end: number): boolean {
  const checksum = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let at = 0; at < end;) {
    const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) return false;
    checksum.update(buffer.subarray(0, count));
    at += count;
  }
  return checksum.digest().equals(readExactly(descriptor, end, checksumBytes));
}

function createReader(descriptor: number, start: number, end: number): IndexReader {
  const units = readUnits(descriptor, start, end);
  let next: IndexedUnit | undefined = units.next().value ?? undefined;
  const advance = (): void => void (next = units.next().value ?? undefined);
  return {
    peek: () => next,
    find(record) {
      const place = placeOfRecord(record);
      while (next !== undefined && next.record.length > 0) {
        const order = comparePlaces(placeOfRecord(next.record), place);
        if (order > 0) return undefined;
        const found = next;
        advance();
        if (order === 0) return found.record.equals(record) ? found : undefined;
      }
      return undefined;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

function comparePlaces(left: UnitPlace, right: UnitPlace): number {
  return left.path === right.path ? left.start - right.start : comparePaths(left.path, right.path);
}

/** A part at a time, so that memory stays flat. */
function* readUnits(descriptor: number, start: number, end: number): Generator<IndexedUnit, undefined> {
  for (let at = start; at < end;) {
    const header = readExactly(descriptor, at, partHeaderBytes);
    at += partHeaderBytes;
    const part = {
      digest: `sha256:${header.toString('hex', partHeaderBytes - digestBytes)}`,
      sizeBytes: header.readDoubleLE(8),
      unitCount: header.readUInt32LE(4),
    };
    const units = readExactly(descriptor, at, header.readUInt32LE(0));
    at += units.length;
    for (let ordinal = 0, from = 0; ordinal < part.unitCount; ordinal += 1) {
      const recordBytes = units.readUInt32LE(from);
      const recordStart = from + unitHeaderBytes;
      yield {
        part,
        ordinal,
        sum: {
          sizeBytes: units.readUInt32LE(from + 4),
          crc: units.readUInt32LE(from + 8),
          digest: units.subarray(from + 12, recordStart),
        },
        record: units.subarray(recordStart, recordStart + recordBytes),
      };
      from = recordStart + recordBytes;
    }
  }
  return undefined;
}

function readExactly(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const count = readSync(descriptor, buffer, at, length - at, position + at);
    if (count === 0) throw new RangeError('the index became shorter while it was read');
    at += count;
  }
  return buffer;
}
