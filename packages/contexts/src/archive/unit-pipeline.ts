import { hash } from 'node:crypto';
import { createGzipPipeline } from './gzip-pipeline.ts';
import type { MtimePolicy } from './pack-entry.ts';
import type { Unit } from './plan-units.ts';
import type { TimeSlice } from './time-slice.ts';
import { unitBufferBytes, writeUnit } from './write-unit.ts';

/** A unit in the form in which it travels. */
export interface PackedUnit<Planned extends Unit> {
  /** Undefined for bytes that are no unit. */
  readonly unit: Planned | undefined;
  /** SHA-256 of its tar bytes: the same on every machine. */
  readonly rawDigest: Buffer;
  /** Its gzip member. */
  readonly member: Buffer<ArrayBuffer>;
  /** When its first file was read, milliseconds since the epoch. */
  readonly readAtMs: number;
}

/** Reads units one by one and compresses them side by side; gives them back in order. */
export interface UnitPipeline<Planned extends Unit> {
  readonly isFull: boolean;
  readonly length: number;
  /**
   * Reads a unit; answers with the digest of its tar bytes.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
   */
  push(unit: Planned): Promise<Buffer>;
  /** Compresses tar bytes as they are; answers with their digest. */
  pushBytes(raw: Buffer): Buffer;
  shift(): Promise<PackedUnit<Planned>>;
}

export function createUnitPipeline<Planned extends Unit>(
  root: string,
  mtime: MtimePolicy,
  now: () => number,
  slice: TimeSlice,
): UnitPipeline<Planned> {
  const pipeline = createGzipPipeline();
  const waiting: Omit<PackedUnit<Planned>, 'member'>[] = [];
  const free: Buffer[] = [];
  const send = (raw: Buffer, unit: Planned | undefined, readAtMs: number, release?: () => void): Buffer => {
    const rawDigest = hash('sha256', raw, 'buffer');
    waiting.push({ unit, rawDigest, readAtMs });
    pipeline.push(raw, release);
    return rawDigest;
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
      const member = await pipeline.shift();
      return { ...waiting.shift()!, member };
    },
  };
}
