import type { OutlineStage } from '@kanikit/spec';
import { noPosition, type Position } from './build-state.ts';

/** Position at the start of a stage. Without an outline stages count up in the order of the log. */
export function atStage(
  previous: Position,
  outline: readonly OutlineStage[] | undefined,
  stage: number,
  names: { readonly name: string | undefined; readonly base: string | undefined },
): Position {
  const known = outline?.find((candidate) => candidate.index === stage);
  const needed = neededStages(outline);
  const place = known === undefined ? -1 : needed.indexOf(known);
  const isSame = previous.stage === stage;
  const seen = isSame ? (previous.stageNumber ?? 1) : (previous.stageNumber ?? 0) + 1;
  return {
    ...noPosition,
    stage,
    stageName: names.name ?? known?.name,
    base: names.base ?? known?.base,
    stageNumber: place === -1 ? seen : place + 1,
    stageTotal: place === -1 ? undefined : needed.length,
    stepTotal: known?.steps.length,
    overallTotal: place === -1 ? undefined : stepCount(needed),
  };
}

/** Position at the start of a step. */
export function atStep(
  previous: Position,
  outline: readonly OutlineStage[] | undefined,
  step: { readonly stage: number; readonly step: number; readonly instruction: string },
): Position {
  const isSame = previous.stage === step.stage;
  const { stageName: name, base } = isSame ? previous : noPosition;
  const stage = atStage(previous, outline, step.stage, { name, base });
  const isKnown = stage.stepTotal !== undefined && step.step < stage.stepTotal;
  return {
    ...stage,
    step: step.step,
    instruction: step.instruction,
    stepNumber: step.step + 1,
    stepTotal: isKnown ? stage.stepTotal : undefined,
    ...overall(previous, outline, step, isKnown && stage.overallTotal !== undefined),
  };
}

function overall(
  previous: Position,
  outline: readonly OutlineStage[] | undefined,
  { stage, step }: { readonly stage: number; readonly step: number },
  isOnMap: boolean,
): Pick<Position, 'overallNumber' | 'overallTotal'> {
  const isSame = previous.stage === stage && previous.step === step;
  const seen = isSame ? (previous.overallNumber ?? 1) : (previous.overallNumber ?? 0) + 1;
  if (!isOnMap) return { overallNumber: seen, overallTotal: undefined };
  const needed = neededStages(outline);
  const before = needed.filter((candidate) => candidate.index < stage);
  return { overallNumber: stepCount(before) + step + 1, overallTotal: stepCount(needed) };
}

function neededStages(outline: readonly OutlineStage[] | undefined): readonly OutlineStage[] {
  return outline?.filter((stage) => stage.isNeeded) ?? [];
}

function stepCount(stages: readonly OutlineStage[]): number {
  return stages.reduce((sum, stage) => sum + stage.steps.length, 0);
}
