import type { DockerfileOutline, OutlineStep } from '@kanikit/spec';

/** Where a step stands in the Dockerfile. */
export interface StepPlace {
  readonly stage: number;
  readonly index: number;
}

interface PlannedStep extends StepPlace {
  readonly instruction: string;
  readonly keyword: string;
}

/**
 * What the executor runs for one stage, in its order: the steps of the stages that it squashed into this one, from the lowest to the highest, and
 * before the steps of each stage the ONBUILD triggers of the one below. It prints every instruction when it runs it.
 */
export interface StagePlan {
  readonly steps: readonly PlannedStep[];
  /** The stage that the plan is for. */
  readonly stage: number;
  /** The next step to come. */
  at: number;
  /** Keywords of the instructions since the last step that are not in the plan: triggers of an image, or words that the executor prints otherwise. */
  strangers: readonly string[];
}

/** Instructions that the executor never prints, or leaves out of a stage that it squashes into another. */
const silent: ReadonlySet<string> = new Set(['MAINTAINER', 'ONBUILD']);

/** The plan of a stage; undefined without its part of the Dockerfile. `isApart` is true for a stage that the executor built on its own. */
export function planStage(
  outline: DockerfileOutline | undefined,
  stage: number,
  isApart: (stage: number) => boolean,
): StagePlan | undefined {
  if (!outline?.stages[stage]) return undefined;
  const chain: number[] = [];
  for (let at: number | undefined = stage; at !== undefined; at = outline.stages[at]?.baseStage) {
    if (at !== stage && isApart(at)) break;
    chain.unshift(at);
  }
  const steps = chain.flatMap((index) => [...triggersOf(outline, index), ...stepsOf(outline, index)]);
  return { steps, stage, at: 0, strangers: [] };
}

function stepsOf(outline: DockerfileOutline, stage: number): PlannedStep[] {
  return (outline.stages[stage]?.steps ?? []).map(({ index, keyword, instruction }) => ({
    stage,
    index,
    keyword,
    instruction: normal(instruction),
  }));
}

/** Triggers run before the first step of a stage, and are no steps of its own: they have the place of that step. */
function triggersOf(outline: DockerfileOutline, stage: number): PlannedStep[] {
  const base = outline.stages[stage]?.baseStage;
  const declared = base === undefined ? [] : (outline.stages[base]?.steps ?? []);
  return declared.filter(isOnbuild).map(({ instruction }) => {
    const trigger = normal(instruction.replace(/^ONBUILD\s+/i, ''));
    return { stage, index: 0, keyword: keywordOf(trigger), instruction: trigger };
  });
}

function isOnbuild({ keyword }: OutlineStep): boolean {
  return keyword === 'ONBUILD';
}

/** A step of the plan: how far it carries the plan, and where it stands. A trigger of an image is in no plan and leaves it where it is. */
export interface Placed extends StepPlace {
  readonly next: number;
  readonly isPlanned: boolean;
}

/**
 * Where an instruction that begins stands; undefined when it can't be one of this stage. Only steps to come are looked at, so that of two that read
 * alike the first one comes first.
 */
export function placeStep(
  plan: StagePlan,
  instruction: string,
  mayHaveTriggers: boolean,
): Placed | undefined {
  const wanted = normal(instruction);
  const next = plan.steps.findIndex((step, index) => index >= plan.at && step.instruction === wanted);
  const isStart = isStageStart(plan);
  const found = next < 0 ? undefined : plan.steps[next];
  if (found && (!isStart || !mayHaveTriggers || isReached(plan, next)))
    return { stage: found.stage, index: found.index, next: next + 1, isPlanned: true };
  if (!mayHaveTriggers || !isStart) return undefined;
  const before = plan.steps[plan.at];
  return { stage: before?.stage ?? plan.stage, index: before?.index ?? 0, next: plan.at, isPlanned: false };
}

/** Carries the plan on by a step that has begun. */
export function passStep(plan: StagePlan, placed: Placed, instruction: string): void {
  plan.at = placed.next;
  plan.strangers = placed.isPlanned ? [] : [...plan.strangers, keywordOf(instruction)].slice(-100);
}

/** True before the first step of one of the stages, which is when triggers run. */
function isStageStart({ steps, at, stage }: StagePlan): boolean {
  const before = steps[at - 1];
  return before === undefined || before.stage !== (steps[at]?.stage ?? stage);
}

/**
 * A step further on is reached when those before it were passed: printed in other words, or never printed. Otherwise it is a trigger of an image
 * that reads like that step.
 */
function isReached(plan: StagePlan, next: number): boolean {
  const passed = plan.steps.slice(plan.at, next).filter(({ keyword }) => !silent.has(keyword));
  const strangers = plan.strangers.slice(plan.strangers.length - passed.length);
  return passed.length <= strangers.length && passed.every(({ keyword }, at) => keyword === strangers[at]);
}

function normal(instruction: string): string {
  return instruction.replaceAll(/\s+/g, ' ').trim();
}

/** The keyword of an instruction in upper case. */
export function keywordOf(instruction: string): string {
  return (/^\w+/.exec(instruction)?.[0] ?? '').toUpperCase();
}
