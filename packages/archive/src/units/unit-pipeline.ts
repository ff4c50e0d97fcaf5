import type { TimeSlice } from '../async/time-slice.ts';
import { gzipHeader } from '../format/gzip-frame.ts';
import { createGzipPipeline } from '../format/gzip-pipeline.ts';
import { sumOf, type TarSum } from '../format/tar-sum.ts';
import { toSystemPath } from '../names/system-path.ts';
import { type MtimePolicy, rootEntry } from '../tree/pack-entry.ts';
import { type ContentGap, frameUnit, unitBufferBytes } from './frame-unit.ts';
import type { UnitJob } from './pack-worker.ts';
import { type PackWorkers, startPackWorkers } from './pack-workers.ts';
import type { Unit } from './plan-units.ts';
import { writeUnit } from './write-unit.ts';

/** A unit in the form in which it travels. */
export interface PackedUnit<Planned extends Unit> {
  /** Undefined for bytes that are no unit. */
  readonly unit: Planned | undefined;
  readonly sum: TarSum;
  /** Deflated bytes; with the gzip header before them where the archive begins. */
  readonly piece: Buffer<ArrayBuffer>;
  /** When its first file was read at the earliest, milliseconds since the epoch. */
  readonly readAtMs: number;
}

/** Reads and compresses units side by side; gives them back in order. */
export interface UnitPipeline<Planned extends Unit> {
  readonly isFull: boolean;
  readonly length: number;
  /**
   * Takes a unit.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`, here or when the unit is taken out
   */
  push(unit: Planned): Promise<void>;
  /** Compresses tar bytes as they are. */
  pushBytes(raw: Buffer): void;
  shift(): Promise<PackedUnit<Planned>>;
  /** Ends the threads. */
  close(): void;
}

export interface UnitPipelineOptions {
  readonly root: string;
  readonly mtime: MtimePolicy;
  readonly now: () => number;
  readonly slice: TimeSlice;
  /** Whether threads are worth their start. @default false */
  readonly isLong?: boolean;
}

/** Threads take longer to start than fewer units take to be packed. */
const unitsWithoutThreads = 3;

export function createUnitPipeline<Planned extends Unit>({
  root,
  mtime,
  now,
  slice,
  isLong = false,
}: UnitPipelineOptions): UnitPipeline<Planned> {
  const pipeline = createGzipPipeline();
  const waiting: (() => Promise<PackedUnit<Planned>>)[] = [];
  const free: Buffer<ArrayBuffer>[] = [];
  let workers: PackWorkers | undefined;
  let taken = 0;

  const compress = (raw: Buffer, unit: Planned | undefined, readAtMs: number, release?: () => void): void => {
    const sum = sumOf(raw);
    pipeline.push(raw, release);
    waiting.push(async () => ({ unit, sum, readAtMs, piece: withHeader(unit, await pipeline.shift()) }));
  };
  const packHere = async (unit: Planned, buffer: Buffer<ArrayBuffer>, readAtMs: number): Promise<void> => {
    const sizeBytes = await writeUnit(root, mtime, unit, buffer, slice);
    compress(buffer.subarray(0, sizeBytes), unit, readAtMs, () => void free.push(buffer));
  };
  /** Reads what a worker could not read or did not find as it should be: that has the words for it. */
  const packAgain = async (unit: Planned): Promise<Omit<PackedUnit<Planned>, 'unit' | 'readAtMs'>> => {
    const buffer = Buffer.allocUnsafeSlow(unitBufferBytes);
    const raw = buffer.subarray(0, await writeUnit(root, mtime, unit, buffer, slice));
    const alone = createGzipPipeline();
    alone.push(raw);
    return { sum: sumOf(raw), piece: await alone.shift() };
  };

  return {
    get isFull() {
      return waiting.length >= pipeline.width;
    },
    get length() {
      return waiting.length;
    },
    async push(unit) {
      taken += 1;
      if (isLong && taken > unitsWithoutThreads) workers ??= startPackWorkers();
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(unitBufferBytes);
      const readAtMs = now();
      if (workers?.hasRoom !== true) return await packHere(unit, buffer, readAtMs);
      const { sizeBytes, gaps } = frameUnit(mtime, unit, buffer);
      const answering = workers.pack({ buffer: buffer.buffer, sizeBytes, ...filesToRead(root, gaps) });
      if (slice.isOver) await slice.rest();
      waiting.push(async () => {
        const answer = await answering;
        if (answer !== undefined) free.push(Buffer.from(answer.buffer));
        if (answer?.packed === undefined) {
          const { sum, piece } = await packAgain(unit);
          return { unit, readAtMs, sum, piece: withHeader(unit, piece) };
        }
        const { digest, crc, piece } = answer.packed;
        const sum = { digest: Buffer.from(digest, 'hex'), crc, sizeBytes };
        return { unit, readAtMs, sum, piece: withHeader(unit, Buffer.from(piece)) };
      });
    },
    pushBytes: (raw) => compress(raw, undefined, now()),
    async shift() {
      const take = waiting.shift();
      if (take === undefined) throw new RangeError('the pipeline is empty');
      return await take();
    },
    close: () => workers?.close(),
  };
}

function withHeader(unit: Unit | undefined, piece: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return unit?.entries[0] === rootEntry ? Buffer.concat([gzipHeader, piece]) : piece;
}

function filesToRead(root: string, gaps: readonly ContentGap[]): Pick<UnitJob, 'paths' | 'numbers'> {
  return {
    paths: gaps.map(({ entry }) => toSystemPath(root, entry.path)),
    numbers: Float64Array.from(
      gaps.flatMap(({ entry, range, offset }) => [
        range.start,
        range.end - range.start,
        offset,
        entry.sizeBytes,
        entry.mtimeMs,
        entry.ctimeMs,
        entry.inode,
        entry.device,
      ]),
    ),
  };
}
