import { gzipHeader } from '../format/gzip-frame.ts';
import { createGzipPipeline } from '../format/gzip-pipeline.ts';
import { type MtimePolicy, rootEntry } from '../tree/pack-entry.ts';
import type { Unit } from './plan-units.ts';
import { sumOf, type TarSum } from '../format/tar-sum.ts';
import type { TimeSlice } from '../async/time-slice.ts';
import { unitBufferBytes, writeUnit } from './write-unit.ts';

/** A unit in the form in which it travels. */
export interface PackedUnit<Planned extends Unit> {
  /** Undefined for bytes that are no unit. */
  readonly unit: Planned | undefined;
  readonly sum: TarSum;
  /** Deflated bytes; with the gzip header before them where the archive begins. */
  readonly piece: Buffer<ArrayBuffer>;
  /** When its first file was read, milliseconds since the epoch. */
  readonly readAtMs: number;
}

/** Reads units one by one and compresses them side by side; gives them back in order. */
export interface UnitPipeline<Planned extends Unit> {
  readonly isFull: boolean;
  readonly length: number;
  /**
   * Reads a unit; answers with the sum of its tar bytes.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
   */
  push(unit: Planned): Promise<TarSum>;
  /** Compresses tar bytes as they are; answers with their sum. */
  pushBytes(raw: Buffer): TarSum;
  shift(): Promise<PackedUnit<Planned>>;
}

export function createUnitPipeline<Planned extends Unit>(
  root: string,
  mtime: MtimePolicy,
  now: () => number,
  slice: TimeSlice,
): UnitPipeline<Planned> {
  const pipeline = createGzipPipeline();
  const waiting: Omit<PackedUnit<Planned>, 'piece'>[] = [];
  const free: Buffer[] = [];
  const send = (raw: Buffer, unit: Planned | undefined, readAtMs: number, release?: () => void): TarSum => {
    const sum = sumOf(raw);
    waiting.push({ unit, sum, readAtMs });
    pipeline.push(raw, release);
    return sum;
  };
  return {
    get isFull() {
      return pipeline.isFull;
    },
    get length() {
      return pipeline.length;
    },
    async push(unit) {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(unitBufferBytes);
      const readAtMs = now();
      const raw = buffer.subarray(0, await writeUnit(root, mtime, unit, buffer, slice));
      return send(raw, unit, readAtMs, () => void free.push(buffer));
    },
    pushBytes: (raw) => send(raw, undefined, now()),
    async shift() {
      const piece = await pipeline.shift();
      const packed = waiting.shift()!;
      const isFirst = packed.unit?.entries[0] === rootEntry;
      return { ...packed, piece: isFirst ? Buffer.concat([gzipHeader, piece]) : piece };
    },
  };
}
