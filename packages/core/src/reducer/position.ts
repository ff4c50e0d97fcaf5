import type { OutlineStage } from '@kanikit/spec';
import { noPosition, type Position } from './build-state.ts';

/** Position at the start of a stage. Without an outline stages count up in the order of the log. */
export function atStage(
  previous: Position,
  outline: readonly OutlineStage[] | undefined,
  stage: number,
  names: { readonly name: string | undefined; readonly base: string | undefined },
): Position {
  const { known, place, needed, steps } = placeIn(outline, stage);
  const isSame = previous.stage === stage;
  const seen = isSame ? (previous.stageNumber ?? 1) : (previous.stageNumber ?? 0) + 1;
  return {
    ...noPosition,
    stage,
    stageName: names.name ?? known?.name,
    base: names.base ?? known?.base,
    stageNumber: place === -1 ? seen : place + 1,
    stageTotal: place === -1 ? undefined : needed,
    stepTotal: known?.steps.length,
    overallTotal: place === -1 ? undefined : steps,
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
  const { stepsBefore, steps } = placeIn(outline, stage);
  return { overallNumber: stepsBefore + step + 1, overallTotal: steps };
}

/** Where a stage is among those that the target needs. */
interface Place {
  readonly known: OutlineStage | undefined;
  /** -1 for a stage that is not needed. */
  readonly place: number;
  /** Steps of the needed stages with a lower index. */
  readonly stepsBefore: number;
}

interface PlaceIn extends Place {
  readonly needed: number;
  /** Steps of all needed stages. */
  readonly steps: number;
}

interface OutlineMap {
  readonly places: ReadonlyMap<number, Place>;
  readonly needed: number;
  readonly steps: number;
}

const nowhere: Place = { known: undefined, place: -1, stepsBefore: 0 };
const maps = new WeakMap<readonly OutlineStage[], OutlineMap>();

function placeIn(outline: readonly OutlineStage[] | undefined, stage: number): PlaceIn {
  if (outline === undefined) return { ...nowhere, needed: 0, steps: 0 };
  const { places, needed, steps } = maps.get(outline) ?? mapOf(outline);
  return { ...(places.get(stage) ?? nowhere), needed, steps };
}

/** Made once for an outline: every step of a log asks for its place. */
function mapOf(outline: readonly OutlineStage[]): OutlineMap {
  const places = new Map<number, Place>();
  let needed = 0;
  let steps = 0;
  for (const known of outline) {
    const place = known.isNeeded ? needed : -1;
    if (!places.has(known.index)) places.set(known.index, { known, place, stepsBefore: steps });
    if (!known.isNeeded) continue;
    needed += 1;
    steps += known.steps.length;
  }
  const map = { places, needed, steps };
  maps.set(outline, map);
  return map;
}
