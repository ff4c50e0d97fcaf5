import { createHash } from 'node:crypto';
import type { ArchiveSummary } from '@kanikit/spec';
import type { TreeIndex } from '../stat-index/tree-index.ts';
import { planParts } from '../stat-index/plan-parts.ts';
import { createContextWeight } from './context-weight.ts';
import { planUnits } from './plan-units.ts';
import { encodeSeal, type Seal } from './seal.ts';
import { createTimeSlice } from './time-slice.ts';
import { listEntries, type TreeToPack } from './tree-to-pack.ts';

/** What a look at a tree tells without reading content. */
export interface TreeSurvey {
  readonly files: number;
  readonly bytes: number;
  /** The archive's summary, where nothing has changed since the last packing. */
  readonly summary: ArchiveSummary | undefined;
}

/** @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported` */
export async function surveyTree(
  tree: TreeToPack,
  index: TreeIndex | undefined,
  makeSeal: (bodyDigest: Buffer) => Seal,
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
    const digest = createHash('sha256');
    let isKnown = true;
    let sizeBytes = 0;
    for (const plan of planParts(planUnits(entries), reader)) {
      if (slice.isOver) await slice.rest();
      if (plan === undefined) continue;
      if (plan.kind === 'unit') {
        isKnown = false;
        continue;
      }
      for (const unit of plan.units) digest.update(unit.known!.rawDigest);
      sizeBytes += plan.part.sizeBytes;
      if (plan.kind === 'part' || !isKnown) continue;
      const seal = makeSeal(digest.copy().digest());
      const sealDigest = createHash('sha256').update(encodeSeal(seal)).digest();
      if (!plan.sealDigest.equals(sealDigest)) continue;
      const warnings = [...weight.warnings(), ...index.warnings];
      digest.update(sealDigest);
      summary = {
        digest: `sha256:${digest.copy().digest('hex')}`,
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
