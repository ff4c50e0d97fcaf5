import { hash } from 'node:crypto';
import { type ArchivePart, KanikitError, type RunContext } from '@kanikit/spec';
import type { IndexedPart } from '../stat-index/index-format.ts';
import type { IndexableUnit, KnownUnit } from '../stat-index/plan-parts.ts';
import { quotePath } from '../errors/context-errors.ts';
import { createTimeSlice } from '../async/time-slice.ts';
import type { TreeToPack } from '../tree/tree-to-pack.ts';
import { createUnitPipeline } from '../units/unit-pipeline.ts';

export interface KnownPart {
  readonly part: IndexedPart;
  readonly units: readonly KnownUnit[];
  /** Where the part is the last: tar bytes of the seal, and what ends the archive. */
  readonly last: { readonly seal: Buffer; readonly end: Buffer } | undefined;
}

/** A part of the last packing. It is read only where a store asks for its bytes, which then must be what was promised. */
export function createKnownPart(
  { part, units, last }: KnownPart,
  { root, mtime }: Pick<TreeToPack, 'root' | 'mtime'>,
  onMismatch: () => void,
  run: RunContext,
): ArchivePart {
  const pack = async (): Promise<Buffer> => {
    const pipeline = createUnitPipeline<IndexableUnit>({
      root,
      mtime,
      now: run.now,
      slice: createTimeSlice(run.signal),
    });
    const pieces: Buffer[] = [];
    const take = async (): Promise<void> => {
      const { unit, sum, piece } = await pipeline.shift();
      if (unit?.known !== undefined && !unit.known.sum.digest.equals(sum.digest)) throw mismatch(unit);
      pieces.push(piece);
    };
    for (const unit of units) {
      while (pipeline.isFull) await take();
      await pipeline.push(unit.restore());
    }
    if (last !== undefined) pipeline.pushBytes(last.seal);
    while (pipeline.length > 0) await take();
    if (last !== undefined) pieces.push(last.end);
    return Buffer.concat(pieces);
  };
  return {
    digest: part.digest,
    sizeBytes: part.sizeBytes,
    async read() {
      try {
        const bytes = await pack();
        if (`sha256:${hash('sha256', bytes)}` !== part.digest) throw mismatch(units[0]?.restore());
        return bytes;
      } catch (error) {
        onMismatch();
        throw error;
      }
    },
  };
}

function mismatch(unit: IndexableUnit | undefined): KanikitError {
  const path = unit?.entries[0]?.path ?? '';
  return new KanikitError({
    code: 'context-changed',
    message: `Reading the build context: what lies at or behind ${quotePath(path)} is not what was packed the last time, though sizes, times and inodes are the same.`,
    hint: 'Build again: the index of the context was dropped, and everything is read anew.',
    retryable: true,
  });
}
