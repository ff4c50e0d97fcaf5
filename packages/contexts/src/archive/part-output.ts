import { hash } from 'node:crypto';
import type { ArchivePart } from '@kanikit/spec';
import type { IndexWriter, UnitToIndex } from '../stat-index/index-writer.ts';
import type { IndexableUnit } from '../stat-index/plan-parts.ts';
import { markDoubt } from '../stat-index/unit-record.ts';
import { freeBuffer } from './free-buffer.ts';
import { isLikely } from './plan-units.ts';
import type { PackedUnit } from './unit-pipeline.ts';

/** S3 copies no smaller part into another object, but for the last. */
const smallestPartBytes = 5 * 1024 * 1024;
/** Bounds what an upload holds in memory. */
const largestPartBytes = 16 * 1024 * 1024;
/** Bytes from one possible border to the next, on average: few enough that parts stay small, many enough that borders meet again after a change. */
const borderDistanceBytes = 2 * 1024 * 1024;
const noRecord = Buffer.alloc(0);

/** Turns packed units into parts of the archive. */
export interface PartOutput {
  /** Whether the part under way may end here. */
  readonly canEnd: boolean;
  /** Takes a unit; answers with the part that ended before it. */
  add(packed: PackedUnit<IndexableUnit>): ArchivePart | undefined;
  /** Ends the part under way. */
  finish(): ArchivePart | undefined;
}

/** Every unit at once. */
export function createStreamOutput(): PartOutput {
  return { canEnd: true, add: ({ member }) => partOf(member), finish: () => undefined };
}

/** Parts of 5 to 16 MiB, whose borders follow from the units close by. */
export function createPartOutput(index: IndexWriter | undefined, rootDevice: number): PartOutput {
  let bytes: Buffer<ArrayBuffer> | undefined;
  let units: UnitToIndex[] = [];
  let sizeBytes = 0;
  const canEnd = (): boolean => sizeBytes === 0 || sizeBytes >= smallestPartBytes;
  const finish = (): ArchivePart | undefined => {
    if (bytes === undefined) return undefined;
    const part = partOf(Buffer.from(bytes.buffer.transfer(sizeBytes)));
    index?.addPart(part.digest, part.sizeBytes, units);
    bytes = undefined;
    units = [];
    sizeBytes = 0;
    return part;
  };
  return {
    get canEnd() {
      return canEnd();
    },
    add({ unit, member, rawDigest, readAtMs }) {
      const isFull = sizeBytes + member.length > largestPartBytes;
      const ended =
        sizeBytes >= smallestPartBytes && (isFull || isBorder(unit, member)) ? finish() : undefined;
      bytes ??= Buffer.allocUnsafeSlow(largestPartBytes);
      bytes.set(member, sizeBytes);
      sizeBytes += member.length;
      freeBuffer(member);
      if (index !== undefined) {
        const record = unit === undefined ? noRecord : Buffer.from(unit.record);
        if (unit !== undefined) markDoubt(record, unit, readAtMs, rootDevice);
        units.push({ record, rawDigest });
      }
      return ended;
    },
    finish,
  };
}

function isBorder(unit: IndexableUnit | undefined, member: Buffer): boolean {
  if (unit === undefined) return false;
  const name = `${unit.entries[0]!.path}\n${unit.range?.start ?? 0}`;
  return isLikely(name, member.length / borderDistanceBytes);
}

function partOf(bytes: Buffer): ArchivePart {
  return { digest: `sha256:${hash('sha256', bytes)}`, sizeBytes: bytes.length, read: async () => bytes };
}
