import type { PackEntry } from '../archive/pack-entry.ts';
import type { Unit } from '../archive/plan-units.ts';
import { decodeBytes, encodeBytes } from '../ignore/go-string.ts';

// A record is what a unit's bytes depend on, as far as the file system tells without reading: units whose records are equal byte by byte are
// unchanged. Numbers are little-endian, times and inodes as the double that Node has them in.
//
//   start of the unit's range (f64), and for each entry: kind, doubt (u8), mode, bytes of path and target (u16),
//   size, mtime, ctime, inode (f64), path, target

const startBytes = 8;
const entryBytes = 40;
const kinds = ['file', 'directory', 'symlink', 'hardlink'] as const;
const doubtOffset = 1;

/** Longest time by which a file system's times are coarse: FAT has two seconds. A file that was written less than that before it was read may have been written again without a trace. */
const granularityMs = 2000;

export function encodeUnitRecord(unit: Unit): Buffer {
  const names = unit.entries.flatMap((entry) => [encodeBytes(entry.path), encodeBytes(entry.linkpath)]);
  const sizeBytes = names.reduce(
    (sum, name) => sum + name.length,
    startBytes + unit.entries.length * entryBytes,
  );
  const record = Buffer.allocUnsafe(sizeBytes);
  let at = record.writeDoubleLE(unit.range?.start ?? 0);
  for (const [index, entry] of unit.entries.entries()) {
    const [path, target] = [names[2 * index]!, names[2 * index + 1]!];
    at = record.writeUInt8(kinds.indexOf(entry.kind), at);
    at = record.writeUInt8(0, at);
    at = record.writeUInt16LE(entry.mode, at);
    at = record.writeUInt16LE(path.length, at);
    at = record.writeUInt16LE(target.length, at);
    at = record.writeDoubleLE(entry.sizeBytes, at);
    at = record.writeDoubleLE(entry.mtimeMs, at);
    at = record.writeDoubleLE(entry.ctimeMs, at);
    at = record.writeDoubleLE(entry.inode, at);
    at += path.copy(record, at);
    at += target.copy(record, at);
  }
  return record;
}

/**
 * The record with a mark on each file whose stat data can't vouch for its content, so that it differs from the record of any later look: it
 * was written too shortly before it was read, lies on another device than the root, or has no inode.
 */
export function markDoubt(record: Buffer, unit: Unit, readAtMs: number, rootDevice: number): Buffer {
  const latest = readAtMs - granularityMs;
  const isDoubtful = (entry: PackEntry): boolean =>
    entry.kind === 'file' &&
    (entry.mtimeMs > latest || entry.ctimeMs > latest || entry.device !== rootDevice || entry.inode === 0);
  if (!unit.entries.some((entry) => isDoubtful(entry))) return record;
  const marked = Buffer.from(record);
  let at = startBytes;
  for (const entry of unit.entries) {
    if (isDoubtful(entry)) marked[at + doubtOffset] = 1;
    at += entryBytes + marked.readUInt16LE(at + 4) + marked.readUInt16LE(at + 6);
  }
  return marked;
}

/** Where a unit stands in the archive's order. */
export interface UnitPlace {
  readonly path: string;
  readonly start: number;
}

export function placeOfRecord(record: Buffer): UnitPlace {
  const name = startBytes + entryBytes;
  return {
    path: decodeBytes(record.subarray(name, name + record.readUInt16LE(startBytes + 4))),
    start: record.readDoubleLE(0),
  };
}
