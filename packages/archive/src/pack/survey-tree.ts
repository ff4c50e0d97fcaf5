import type { ArchiveSummary } from '@kanikit/spec';
import type { TreeIndex } from '../stat-index/tree-index.ts';
import { planParts } from '../stat-index/plan-parts.ts';
import { createContextWeight } from '../tree/context-weight.ts';
import { planUnits } from '../units/plan-units.ts';
import { encodeSealFiles, type Seal } from '../dockerfiles/seal.ts';
import { createArchiveSum, sumOf } from '../format/tar-sum.ts';
import { createTimeSlice } from '../async/time-slice.ts';
import { listEntries, type TreeToPack } from '../tree/tree-to-pack.ts';

/** What a look at a tree tells without reading content. */
export interface TreeSurvey {
  readonly files: number;
  readonly bytes: number;
  /** The archive's summary, where nothing has changed since the last packing. */
  readonly summary: ArchiveSummary | undefined;
}

/**
 * @param isCounting false ends the look at the first change
 * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
 */
export async function surveyTree(
  tree: TreeToPack,
  index: TreeIndex | undefined,
  makeSeal: (bodyDigest: Buffer) => Seal,
  isCounting: boolean,
  signal: AbortSignal,
): Promise<TreeSurvey> {
  const slice = createTimeSlice(signal);
  const weight = createContextWeight();
  const entries = listEntries(tree, weight);
  let summary: ArchiveSummary | undefined;
  if (index === undefined) {
    for (const _entry of entries) if (slice.isOver) await slice.rest();
    return { files: weight.files, bytes: weight.bytes, summary };
  }
  const reader = index.read();
  try {
    const sum = createArchiveSum();
    let isKnown = true;
    let sizeBytes = 0;
    for (const plan of planParts(planUnits(entries), reader, index.rootDevice)) {
      if (slice.isOver) await slice.rest();
      if (plan === undefined) continue;
      if (plan.kind === 'unit') {
        isKnown = false;
        if (!isCounting) break;
        continue;
      }
      for (const unit of plan.units) sum.add(unit.known.sum);
      sizeBytes += plan.part.sizeBytes;
      if (plan.kind === 'part' || !isKnown) continue;
      const seal = makeSeal(sum.digest());
      const sealSum = sumOf(encodeSealFiles(seal));
      if (!plan.sealDigest.equals(sealSum.digest)) continue;
      const warnings = [...weight.warnings(), ...index.warnings];
      sum.add(sealSum);
      summary = {
        digest: `sha256:${sum.digest().toString('hex')}`,
        sizeBytes,
        dockerfiles: seal.dockerfiles,
        ...(warnings.length > 0 && { warnings }),
      };
    }
    return { files: weight.files, bytes: weight.bytes, summary };
  } finally {
    reader.close();
  }
}
