import type { TarEntry } from '../format/tar-entry.ts';
import { tarPaddingBytes, writeTarHeader } from '../format/tar-header.ts';
import type { MtimePolicy, PackEntry } from '../tree/pack-entry.ts';
import { type ContentRange, largestUnitBytes, type Unit } from './plan-units.ts';

/** Room for a unit: the header of a large file with the longest names a system takes comes on top of its content. */
export const unitBufferBytes: number = largestUnitBytes + 16 * 1024;

/** A unit in tar form with gaps for the content of its files. */
export interface UnitFrame {
  readonly sizeBytes: number;
  readonly gaps: readonly ContentGap[];
}

export interface ContentGap {
  readonly entry: PackEntry;
  readonly range: ContentRange;
  /** Where the content belongs. */
  readonly offset: number;
}

const tarTypes = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink', hardlink: 'Link' } as const;

/** Writes headers and padding of a unit into the buffer. Reads nothing. */
export function frameUnit(mtime: MtimePolicy, unit: Unit, buffer: Buffer): UnitFrame {
  const gaps: ContentGap[] = [];
  let used = 0;
  for (const entry of unit.entries) {
    const range = unit.range ?? { start: 0, end: entry.sizeBytes };
    if (range.start === 0) used += writeTarHeader(toTarEntry(entry, mtime), buffer, used);
    if (entry.kind !== 'file' || entry.isEmptied === true) continue;
    gaps.push({ entry, range, offset: used });
    used += range.end - range.start;
    if (range.end === entry.sizeBytes) {
      const padded = used + tarPaddingBytes(entry.sizeBytes);
      buffer.fill(0, used, padded);
      used = padded;
    }
  }
  return { sizeBytes: used, gaps };
}

function toTarEntry(entry: PackEntry, mtime: MtimePolicy): TarEntry {
  const { path, kind, mode, sizeBytes, linkpath } = entry;
  return {
    path: path === '' ? '.' : path,
    type: tarTypes[kind],
    mode,
    sizeBytes,
    mtime: mtime === 'zero' ? 0 : Math.max(0, Math.floor(entry.mtimeMs / 1000)),
    linkpath: linkpath === '' ? undefined : linkpath,
  };
}
