import { hash } from 'node:crypto';
import type { ArchivePart } from '@kanikit/spec';
import type { IndexWriter, UnitToIndex } from '../stat-index/index-writer.ts';
import type { IndexableUnit } from '../stat-index/plan-parts.ts';
import { markDoubt } from '../stat-index/unit-record.ts';
import { freeBuffer } from '../format/free-buffer.ts';
import { isLikely } from '../units/plan-units.ts';
import type { PackedUnit } from '../units/unit-pipeline.ts';

/** S3 copies no smaller part into another object, but for the last. */
const smallestPartBytes = 5 * 1024 * 1024;
/** Bounds what an upload holds in memory. */
const largestPartBytes = 16 * 1024 * 1024;
/** Bytes from one possible border to the next, on average: few enough that parts stay small, many enough that borders meet again after a change. */
const borderDistanceBytes = 2 * 1024 * 1024;
/**
 * Asked for each part. What is not written takes no memory; but the collector goes by what was asked for, and so gives the memory of parts that
 * are done back sooner (138 instead of 190 MB for 100,000 files).
 */
const partMemoryBytes = 2 * largestPartBytes;
const noRecord = Buffer.alloc(0);

/** Turns packed units into parts of the archive. */
export interface PartOutput {
  /** Whether the part under way may end here. */
  readonly canEnd: boolean;
  /** Tells that units of so many bytes follow, behind which a part of the last packing begins: the part under way should be able to end there. */
  expect(bytes: number): void;
  /** Takes a unit; answers with the part that ended before it. */
  add(packed: PackedUnit<IndexableUnit>): ArchivePart | undefined;
  /** Ends the part under way; undefined where there is none. */
  finish(): ArchivePart | undefined;
  /** The last part, which ends in these bytes. */
  end(bytes: Buffer): ArchivePart;
}

/** Every unit at once. */
export function createStreamOutput(): PartOutput {
  return {
    canEnd: true,
    expect: () => {},
    add: ({ piece }) => partOf(piece),
    finish: () => undefined,
    end: partOf,
  };
}

/**
 * Parts of 5 to 16 MiB, whose borders follow from the units close by. Among units of the last packing the borders of the last packing are
 * wanted again, so none is made there but for the size.
 */
export function createPartOutput(index: IndexWriter | undefined, rootDevice: number): PartOutput {
  let bytes: Buffer | undefined;
  let units: UnitToIndex[] = [];
  let sizeBytes = 0;
  let isEndWanted = false;
  const append = (piece: Buffer): void => {
    bytes ??= Buffer.allocUnsafeSlow(partMemoryBytes);
    bytes.set(piece, sizeBytes);
    sizeBytes += piece.length;
  };
  const canEnd = (): boolean => sizeBytes === 0 || sizeBytes >= smallestPartBytes;
  const finish = (): ArchivePart | undefined => {
    if (bytes === undefined) return undefined;
    const part = partOf(bytes.subarray(0, sizeBytes));
    index?.addPart(part.digest, part.sizeBytes, units);
    bytes = undefined;
    units = [];
    sizeBytes = 0;
    isEndWanted = false;
    return part;
  };
  return {
    get canEnd() {
      return canEnd();
    },
    expect(following) {
      isEndWanted = sizeBytes + following > largestPartBytes;
    },
    add({ unit, piece, sum, readAtMs }) {
      const isFull = sizeBytes + piece.length > largestPartBytes;
      const isEnd = isFull || isEndWanted || (unit?.known === undefined && isBorder(unit, piece));
      const ended = isEnd && sizeBytes >= smallestPartBytes ? finish() : undefined;
      append(piece);
      freeBuffer(piece);
      if (index !== undefined) {
        const record = unit === undefined ? noRecord : Buffer.from(unit.record);
        if (unit !== undefined) markDoubt(record, unit, readAtMs, rootDevice);
        units.push({ record, sum });
      }
      return ended;
    },
    finish,
    end(last) {
      append(last);
      return finish()!;
    },
  };
}

function isBorder(unit: IndexableUnit | undefined, piece: Buffer): boolean {
  if (unit === undefined) return false;
  const name = `${unit.entries[0]!.path}\n${unit.range?.start ?? 0}`;
  return isLikely(name, piece.length / borderDistanceBytes);
}

function partOf(bytes: Buffer): ArchivePart {
  return { digest: `sha256:${hash('sha256', bytes)}`, sizeBytes: bytes.length, read: async () => bytes };
}
