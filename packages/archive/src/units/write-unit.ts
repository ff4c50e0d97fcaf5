import type { MtimePolicy, PackEntry } from '../tree/pack-entry.ts';
import { largestUnitBytes, type Unit } from './plan-units.ts';
import { readContent } from './read-content.ts';
import { type TarEntry, tarPaddingBytes, writeTarHeader } from '../format/tar-header.ts';
import type { TimeSlice } from '../async/time-slice.ts';

/** Room for a unit: the header of a large file with the longest names a system takes comes on top of its content. */
export const unitBufferBytes: number = largestUnitBytes + 16 * 1024;

const tarTypes = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink', hardlink: 'Link' } as const;

/**
 * Writes a unit in tar form; answers with its length.
 *
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export async function writeUnit(
  root: string,
  mtime: MtimePolicy,
  unit: Unit,
  buffer: Buffer,
  slice: TimeSlice,
): Promise<number> {
  let used = 0;
  for (const entry of unit.entries) {
    const range = unit.range ?? { start: 0, end: entry.sizeBytes };
    if (range.start === 0) {
      used += writeTarHeader(toTarEntry(entry, mtime), buffer, used);
    }
    if (entry.kind === 'file' && entry.isEmptied !== true) {
      const reading = readContent(root, entry, range, buffer, used);
      if (reading !== undefined) await reading;
      used += range.end - range.start;
      if (range.end === entry.sizeBytes) {
        const padded = used + tarPaddingBytes(entry.sizeBytes);
        buffer.fill(0, used, padded);
        used = padded;
      }
    }
    if (slice.isOver) await slice.rest();
  }
  return used;
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
