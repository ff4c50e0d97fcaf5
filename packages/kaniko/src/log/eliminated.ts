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
  const shared = sharedBases(d);
  for (const index of stages) {
    const outlined = d.outline?.stages[index];
    if (!outlined) continue;
    const stage = openStage(d, index, outlined.base, baseOnItsOwn(d, index, shared));
    const steps = (stage.plan?.steps ?? []).filter((step) => !isDropped(step, index));
    for (const trigger of triggersOfImage(d, steps, hits)) tellHit(d, stage, trigger);
    for (const step of steps) tellStep(d, stage, step, hits);
    closeStage(d);
  }
}

function tellStep(d: Decoding, stage: StageRecord, step: PlannedStep, hits: Answer[]): void {
  const at = findHit(hits, step);
  const [hit] = at < 0 ? [] : hits.splice(at, 1);
  if (hit) tellHit(d, stage, hit);
  else if (!layered.has(step.keyword)) tellRun(d, stage, step.instruction);
}

function tellHit(d: Decoding, stage: StageRecord, { instruction }: Answer): void {
  answerCache(d, stage, instruction, 'hit');
  tellRun(d, stage, instruction);
}

function tellRun(d: Decoding, stage: StageRecord, instruction: string): void {
  openStep(d, stage, instruction);
  closeStep(d);
}

function findHit(hits: readonly Answer[], { instruction }: PlannedStep): number {
  return hits.findIndex((hit) => normal(hit.instruction) === instruction);
}

/** Of a stage that goes into another the executor drops what it declares for stages on it. */
function isDropped({ keyword, stage }: PlannedStep, top: number): boolean {
  return keyword === 'ONBUILD' && stage !== top;
}

/** Takes the hits right before the first step of a stage that no stage has. */
function triggersOfImage({ outline }: Decoding, steps: readonly PlannedStep[], hits: Answer[]): Answer[] {
  const first = steps.map((step) => findHit(hits, step)).find((at) => at >= 0) ?? 0;
  const known = new Set(
    outline?.stages.flatMap((stage) => stage.steps.map(({ instruction }) => normal(instruction))),
  );
  const last = hits.slice(0, first).findLastIndex(({ instruction }) => known.has(normal(instruction)));
  return hits.splice(last + 1, first - last - 1);
}

/** Stages that several others are built on. */
function sharedBases({ outline }: Decoding): ReadonlySet<number> {
  const once = new Set<number>();
  const shared = new Set<number>();
  for (const { isNeeded, baseStage } of outline?.stages ?? []) {
    if (!isNeeded || baseStage === undefined) continue;
    if (once.has(baseStage)) shared.add(baseStage);
    once.add(baseStage);
  }
  return shared;
}

/** The next stage below that is no part of this one: others are built on it, or copy from it. */
function baseOnItsOwn(
  { outline, stageFiles }: Decoding,
  stage: number,
  shared: ReadonlySet<number>,
): number | undefined {
  let below = outline?.stages[stage]?.baseStage;
  while (below !== undefined && !stageFiles.has(below) && !shared.has(below))
    below = outline?.stages[below]?.baseStage;
  return below;
}
