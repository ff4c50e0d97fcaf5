import type { PackEntry } from '../tree/pack-entry.ts';

/** What becomes one gzip member: some entries, or a piece of a large file. */
export interface Unit {
  readonly entries: readonly PackEntry[];
  /** Bytes of the only entry's content, where it is large. A piece that starts at 0 has the header, the last has the padding. */
  readonly range: ContentRange | undefined;
}

export interface ContentRange {
  readonly start: number;
  readonly end: number;
}

/** Tar bytes of a unit at most, but for the header of a large file: enough to cost next to nothing in ratio, little enough to keep memory low. */
export const largestUnitBytes: number = 1024 * 1024;
/** A border may follow from here on. */
const smallestUnitBytes = 256 * 1024;
/** Bytes from one possible border to the next, on average. */
const borderDistanceBytes = 512 * 1024;
/** From here on a file has units of its own. */
const largeFileBytes = 512 * 1024;
const tarBlockBytes = 512;
/** Longest name that a plain header holds. */
const plainNameBytes = 100;

/**
 * Groups entries into units. Where the borders lie follows from names and sizes close by, not from the distance to the archive's start: a
 * change moves the borders next to it, and those behind are the same again.
 */
export function* planUnits(entries: Iterable<PackEntry | undefined>): Generator<Unit | undefined, void> {
  let unit: PackEntry[] = [];
  let unitBytes = 0;
  for (const entry of entries) {
    if (entry === undefined) {
      yield undefined;
      continue;
    }
    const isLarge = entry.sizeBytes >= largeFileBytes;
    const bytes = tarBytes(entry);
    const isFull = unitBytes + bytes > largestUnitBytes;
    const isBorder = unitBytes >= smallestUnitBytes && isLikely(entry.path, bytes / borderDistanceBytes);
    if (unit.length > 0 && (isLarge || isFull || isBorder)) {
      yield { entries: unit, range: undefined };
      unit = [];
      unitBytes = 0;
    }
    if (isLarge) {
      yield* cutLargeFile(entry);
    } else {
      unit.push(entry);
      unitBytes += bytes;
    }
  }
  if (unit.length > 0) yield { entries: unit, range: undefined };
}

function* cutLargeFile(entry: PackEntry): Generator<Unit, void> {
  for (let start = 0; start < entry.sizeBytes; start += largestUnitBytes) {
    yield { entries: [entry], range: pieceAt(entry, start) };
  }
}

/** The piece of a large file that starts there; undefined for a file that is not large. */
export function pieceAt({ sizeBytes }: PackEntry, start: number): ContentRange | undefined {
  if (sizeBytes < largeFileBytes) return undefined;
  return { start, end: Math.min(start + largestUnitBytes, sizeBytes) };
}

/** Files in a unit, a large one with its last piece, and bytes of their content. */
export function countFiles({ entries, range }: Unit): { readonly files: number; readonly bytes: number } {
  if (range !== undefined) {
    return { files: range.end === entries[0]!.sizeBytes ? 1 : 0, bytes: range.end - range.start };
  }
  const files = entries.filter((entry) => entry.kind !== 'directory');
  return { files: files.length, bytes: files.reduce((sum, entry) => sum + entry.sizeBytes, 0) };
}

/** At most what the entry takes in the archive; depends on nothing but the entry. */
function tarBytes(entry: PackEntry): number {
  const content = roundUp(entry.sizeBytes);
  const [name, target] = [Buffer.byteLength(entry.path) + 1, Buffer.byteLength(entry.linkpath)];
  if (name <= plainNameBytes && target <= plainNameBytes) return tarBlockBytes + content;
  return 3 * tarBlockBytes + roundUp(name + target) + content;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
}

/** A decision that looks random and is the same for the same text on every machine. */
export function isLikely(text: string, probability: number): boolean {
  // FNV-1a, and a last mixing since its high bits follow the last characters poorly.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < probability;
}
