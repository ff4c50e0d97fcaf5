import type { Decoding, StageRecord } from './decoding.ts';
import { normal, type PlannedStep } from './stage-plan.ts';
import { answerCache, closeStage, closeStep, openStage, openStep } from './story.ts';

type Answer = Decoding['earlyAnswers'][number];

/** Instructions that make a layer: in a stage that is not built they are hits, or they did not happen. */
const layered: ReadonlySet<string> = new Set(['RUN', 'COPY']);

/**
 * Tells the stages that are not built, since the cache has all that others take from them. The executor asks the cache for every stage before it
 * builds the first, and names such a stage only afterwards; without the Dockerfile nothing says which answers are about it.
 */
export function tellEliminated(d: Decoding): void {
  const stages = d.eliminated.splice(0).toSorted((left, right) => left - right);
  const hits = d.earlyAnswers.filter(({ result }) => result === 'hit');
  for (const index of stages) {
    const outlined = d.outline?.stages[index];
    if (!outlined) continue;
    const stage = openStage(d, index, outlined.base, baseOnItsOwn(d, index));
    for (const step of stage.plan?.steps ?? []) tellStep(d, stage, step, hits);
    closeStage(d);
  }
}

function tellStep(d: Decoding, stage: StageRecord, { instruction, keyword }: PlannedStep, hits: Answer[]): void {
  const at = hits.findIndex((hit) => normal(hit.instruction) === instruction);
  const [hit] = at < 0 ? [] : hits.splice(at, 1);
  if (hit) answerCache(d, stage, hit.instruction, 'hit');
  if (!hit && layered.has(keyword)) return;
  openStep(d, stage, hit?.instruction ?? instruction);
  closeStep(d);
}

/** The next stage below that is no part of this one: others are built on it, or copy from it. */
function baseOnItsOwn({ outline, stageFiles }: Decoding, stage: number): number | undefined {
  const needed = (outline?.stages ?? []).filter(({ isNeeded }) => isNeeded);
  let below = outline?.stages[stage]?.baseStage;
  while (below !== undefined) {
    const at = below;
    if (stageFiles.has(at) || needed.filter(({ baseStage }) => baseStage === at).length > 1) return at;
    below = outline?.stages[at]?.baseStage;
  }
  return undefined;
}
