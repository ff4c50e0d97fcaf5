import type { ArchivePart, ArchiveSummary, RunContext } from '@kanikit/spec';
import {
  type IndexableUnit,
  type KnownUnit,
  type PartPlan,
  planParts,
  planUnitsOnly,
} from '../stat-index/plan-parts.ts';
import type { TreeIndex } from '../stat-index/tree-index.ts';
import { createContextWeight } from '../tree/context-weight.ts';
import { encodeGzipEnd } from '../format/gzip-frame.ts';
import { createKnownPart } from './known-part.ts';
import { createPartOutput, createStreamOutput } from './part-output.ts';
import { countFiles, planUnits } from '../units/plan-units.ts';
import type { ProgressReporter } from '../output/progress.ts';
import { encodeSealFiles, type Seal } from '../dockerfiles/seal.ts';
import { createArchiveSum, sumOf } from '../format/tar-sum.ts';
import { createTimeSlice } from '../async/time-slice.ts';
import { listEntries, type TreeToPack } from '../tree/tree-to-pack.ts';
import { createUnitPipeline } from '../units/unit-pipeline.ts';

export interface Production {
  readonly tree: TreeToPack;
  readonly cut: 'parts' | 'stream';
  readonly index: TreeIndex | undefined;
  readonly makeSeal: (bodyDigest: Buffer) => Seal;
  readonly progress: ProgressReporter;
}

type HeldPart = Exclude<PartPlan, { readonly kind: 'unit' }>;
type LastPart = Extract<PartPlan, { readonly kind: 'last-part' }>;

const noRecord = Buffer.alloc(0);

/** @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported` */
export async function* produceParts(
  { tree, cut, index, makeSeal, progress }: Production,
  run: RunContext,
): AsyncGenerator<ArchivePart, ArchiveSummary> {
  const slice = createTimeSlice(run.signal);
  const weight = createContextWeight();
  const pipeline = createUnitPipeline<IndexableUnit>({
    root: tree.root,
    mtime: tree.mtime,
    now: run.now,
    slice,
    isLong: true,
  });
  const sum = createArchiveSum();
  const reader = index?.read();
  const writer = index?.write();
  const rootDevice = index?.rootDevice ?? 0;
  const output = cut === 'stream' ? createStreamOutput() : createPartOutput(writer, rootDevice);
  let sizeBytes = 0;

  const hand = function* (part: ArchivePart | undefined): Generator<ArchivePart, void> {
    if (part === undefined) return;
    sizeBytes += part.sizeBytes;
    yield part;
  };
  const emptyPipeline = async function* (downTo: 'room' | 'end'): AsyncGenerator<ArchivePart, void> {
    while (downTo === 'room' ? pipeline.isFull : pipeline.length > 0) {
      const packed = await pipeline.shift();
      run.signal.throwIfAborted();
      sum.add(packed.sum);
      progress.addArchiveBytes(packed.piece.length);
      progress.tick();
      yield* hand(output.add(packed));
    }
  };
  const packUnits = async function* (units: Iterable<IndexableUnit>): AsyncGenerator<ArchivePart, void> {
    for (const unit of units) {
      yield* emptyPipeline('room');
      await pipeline.push(unit);
      const { files, bytes } = countFiles(unit);
      progress.addFiles(files, bytes);
    }
  };
  const takeKnown = function* (
    { part, units }: HeldPart,
    last?: { readonly seal: Buffer; readonly end: Buffer },
  ): Generator<ArchivePart, void> {
    for (const unit of units) {
      sum.add(unit.known.sum);
      progress.addFiles(unit.files, unit.bytes);
    }
    progress.addArchiveBytes(part.sizeBytes);
    const indexed = units.map(({ known }) => ({ record: known.record, sum: known.sum }));
    if (last !== undefined) indexed.push({ record: noRecord, sum: sumOf(last.seal) });
    writer?.addPart(part.digest, part.sizeBytes, indexed);
    yield* hand(createKnownPart({ part, units, last }, tree, () => index?.forget(), run));
  };
  /** Ends the part under way; answers with false where it is too small to end. */
  const endPart = async function* (): AsyncGenerator<ArchivePart, boolean> {
    yield* emptyPipeline('end');
    if (!output.canEnd) return false;
    yield* hand(output.finish());
    return true;
  };
  /** Takes the rest of the last packing, where its seal is this archive's. */
  const takeLast = async function* (last: LastPart): AsyncGenerator<ArchivePart, boolean> {
    yield* emptyPipeline('end');
    const ahead = sum.copy();
    for (const unit of last.units) ahead.add(unit.known.sum);
    const seal = encodeSealFiles(makeSeal(ahead.digest()));
    const sealSum = sumOf(seal);
    if (!last.sealDigest.equals(sealSum.digest) || !(yield* endPart())) return false;
    ahead.add(sealSum);
    yield* takeKnown(last, { seal, end: encodeGzipEnd(ahead) });
    return true;
  };
  /** Seals the archive; `last` is the rest of the last packing, where nothing in it has changed. */
  const finish = async function* (last: LastPart | undefined): AsyncGenerator<ArchivePart, ArchiveSummary> {
    const isTaken = last !== undefined && (yield* takeLast(last));
    if (!isTaken) yield* packUnits(restoreAll(last?.units ?? []));
    yield* emptyPipeline('end');
    const seal = makeSeal(sum.digest());
    const raw = encodeSealFiles(seal);
    if (isTaken) sum.add(sumOf(raw));
    else {
      pipeline.pushBytes(raw);
      yield* emptyPipeline('end');
      const end = encodeGzipEnd(sum);
      progress.addArchiveBytes(end.length);
      yield* hand(output.end(end));
    }
    writer?.commit();
    const warnings = [...weight.warnings(), ...(index?.warnings ?? [])];
    return {
      digest: `sha256:${sum.digest().toString('hex')}`,
      sizeBytes,
      dockerfiles: seal.dockerfiles,
      ...(warnings.length > 0 && { warnings }),
    };
  };

  try {
    run.signal.throwIfAborted();
    const units = planUnits(listEntries(tree, weight));
    let last: LastPart | undefined;
    for (const plan of reader === undefined ? planUnitsOnly(units) : planParts(units, reader, rootDevice)) {
      if (slice.isOver) {
        await slice.rest();
        progress.tick();
      }
      if (plan === undefined) continue;
      if (plan.kind === 'last-part') last = plan;
      else if (plan.kind === 'unit') yield* packUnits([plan.unit]);
      else if (yield* endPart()) yield* takeKnown(plan);
      else {
        output.expect(plan.part.sizeBytes);
        yield* packUnits(restoreAll(plan.units));
      }
    }
    const summary = yield* finish(last);
    progress.end();
    return summary;
  } finally {
    pipeline.close();
    reader?.close();
    writer?.discard();
  }
}

/** One by one, since together they may be many. */
function* restoreAll(units: readonly KnownUnit[]): Generator<IndexableUnit, void> {
  for (const unit of units) yield unit.restore();
}
