import { type PackEntry, rootEntry } from '../tree/pack-entry.ts';
import { pieceAt, type Unit } from '../units/plan-units.ts';
import { decodeBytes, encodeBytes } from '../names/byte-string.ts';

// A record is what a unit's bytes depend on, as far as the file system tells without reading: units whose records are equal byte by byte are
// unchanged. Numbers are little-endian, times and inodes as the double that Node has them in.
//
//   start of the unit's range (f64), and for each entry: kind, doubt (u8), mode, bytes of path and target (u16),
//   size, mtime, ctime, inode (f64), path, target

const startBytes = 8;
const entryBytes = 40;
/** Most that a UTF-16 unit takes in UTF-8. */
const bytesPerCharacter = 3;
const kinds = ['file', 'directory', 'symlink', 'hardlink'] as const;
const at = {
  kind: 0,
  doubt: 1,
  mode: 2,
  pathBytes: 4,
  targetBytes: 6,
  size: 8,
  mtime: 16,
  ctime: 24,
  inode: 32,
};

/** Longest time by which a file system's times are coarse: FAT has two seconds. A file that was written less than that before it was read may have been written again without a trace. */
const granularityMs = 2000;

/** Writes records into memory of its own: each is good until the next is asked for. */
export function createRecordEncoder(): (unit: Unit) => Buffer {
  let scratch = Buffer.allocUnsafe(64 * 1024);
  return (unit) => {
    let used = scratch.writeDoubleLE(unit.range?.start ?? 0);
    for (const entry of unit.entries) {
      const characters = entry.path.length + entry.linkpath.length;
      const needed = used + entryBytes + characters * bytesPerCharacter;
      if (needed > scratch.length) scratch = Buffer.concat([scratch], 2 * needed);
      used += writeEntry(entry, scratch, used);
    }
    return scratch.subarray(0, used);
  };
}

function writeEntry(entry: PackEntry, record: Buffer, start: number): number {
  const pathBytes = writeName(entry.path, record, start + entryBytes);
  const targetBytes = writeName(entry.linkpath, record, start + entryBytes + pathBytes);
  record.writeUInt8(kinds.indexOf(entry.kind), start + at.kind);
  record.writeUInt8(0, start + at.doubt);
  record.writeUInt16LE(entry.mode, start + at.mode);
  record.writeUInt16LE(pathBytes, start + at.pathBytes);
  record.writeUInt16LE(targetBytes, start + at.targetBytes);
  record.writeDoubleLE(entry.sizeBytes, start + at.size);
  record.writeDoubleLE(entry.mtimeMs, start + at.mtime);
  record.writeDoubleLE(entry.ctimeMs, start + at.ctime);
  record.writeDoubleLE(entry.inode, start + at.inode);
  return entryBytes + pathBytes + targetBytes;
}

function writeName(name: string, record: Buffer, start: number): number {
  if (name === '') return 0;
  return name.isWellFormed() ? record.write(name, start) : encodeBytes(name).copy(record, start);
}

/** The unit that a record was made of; its files lie on the root's device, as those of no others are trusted. */
export function decodeUnitRecord(record: Buffer, rootDevice: number): Unit {
  const entries: PackEntry[] = [];
  for (let start = startBytes; start < record.length;) {
    const path = start + entryBytes;
    const target = path + record.readUInt16LE(start + at.pathBytes);
    const end = target + record.readUInt16LE(start + at.targetBytes);
    const kind = kinds[record.readUInt8(start + at.kind)]!;
    const name = decodeBytes(record.subarray(path, target));
    if (name === '') entries.push(rootEntry);
    else
      entries.push({
        path: name,
        kind,
        mode: record.readUInt16LE(start + at.mode),
        sizeBytes: record.readDoubleLE(start + at.size),
        mtimeMs: record.readDoubleLE(start + at.mtime),
        ctimeMs: record.readDoubleLE(start + at.ctime),
        inode: record.readDoubleLE(start + at.inode),
        device: kind === 'file' ? rootDevice : 0,
        linkpath: decodeBytes(record.subarray(target, end)),
      });
    start = end;
  }
  return { entries, range: pieceAt(entries[0]!, record.readDoubleLE(0)) };
}

/**
 * Marks each file whose stat data can't vouch for its content, so that the record differs from that of any later look: it was written too
 * shortly before it was read, lies on another device than the root, or has no inode.
 */
export function markDoubt(record: Buffer, unit: Unit, readAtMs: number, rootDevice: number): void {
  const latest = readAtMs - granularityMs;
  let start = startBytes;
  for (const entry of unit.entries) {
    const isDoubtful =
      entry.kind === 'file' &&
      (entry.mtimeMs > latest || entry.ctimeMs > latest || entry.device !== rootDevice || entry.inode === 0);
    if (isDoubtful) record.writeUInt8(1, start + at.doubt);
    const names = record.readUInt16LE(start + at.pathBytes) + record.readUInt16LE(start + at.targetBytes);
    start += entryBytes + names;
  }
}

/** Where a unit stands in the archive's order. */
export interface UnitPlace {
  readonly path: string;
  readonly start: number;
}

export function placeOfRecord(record: Buffer): UnitPlace {
  const name = startBytes + entryBytes;
  const pathBytes = record.readUInt16LE(startBytes + at.pathBytes);
  return { path: decodeBytes(record.subarray(name, name + pathBytes)), start: record.readDoubleLE(0) };
}
