import type { DockerfileOutline, OutlineStep } from '@kanikit/spec';

/** Where a step stands in the Dockerfile. */
export interface StepPlace {
  readonly stage: number;
  readonly index: number;
}

export interface PlannedStep extends StepPlace {
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
  /** The lowest stage that is part of it: triggers of an image are that stage's. */
  readonly bottom: number;
  readonly of: keyof typeof passedOver;
  /** The next step to come. */
  at: number;
  /** Keywords of the instructions since the last step that are not in the plan: triggers of an image, or words that the executor prints otherwise. */
  strangers: readonly string[];
}

/** Instructions that the executor never prints, or leaves out of a stage that it squashes into another. */
const silent: ReadonlySet<string> = new Set(['MAINTAINER', 'ONBUILD']);

/** Which instructions a plan may pass over: of steps, and of answers of the cache, which every RUN gets and others only sometimes. */
const passedOver = {
  steps: (keyword: string): boolean => silent.has(keyword),
  answers: (keyword: string): boolean => keyword !== 'RUN',
} as const;

/** The plan of a stage; undefined without its part of the Dockerfile. `isApart` is true for a stage that the executor built on its own. */
export function planStage(
  outline: DockerfileOutline | undefined,
  stage: number,
  of: StagePlan['of'],
  isApart: (stage: number) => boolean,
): StagePlan | undefined {
  if (!outline?.stages[stage]) return undefined;
  const chain: number[] = [];
  for (let at: number | undefined = stage; at !== undefined; at = outline.stages[at]?.baseStage) {
    if (at !== stage && isApart(at)) break;
    chain.unshift(at);
  }
  const steps = chain.flatMap((index) => [...triggersOf(outline, index), ...stepsOf(outline, index)]);
  return { steps, stage, bottom: chain[0] ?? stage, of, at: 0, strangers: [] };
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
export interface Placed extends StepPlace, Pick<StagePlan, 'strangers'> {
  readonly next: number;
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
  const placed = placeFrom(plan, instruction, mayHaveTriggers);
  if (placed || !mayHaveTriggers) return placed;
  const start = beforeTriggers(plan);
  if (!start) return isStageStart(plan) ? placeTrigger(plan, instruction) : undefined;
  return placeFrom(start, instruction, mayHaveTriggers) ?? placeTrigger(start, instruction);
}

function placeFrom(plan: StagePlan, instruction: string, mayHaveTriggers: boolean): Placed | undefined {
  const wanted = normal(instruction);
  const next = plan.steps.findIndex((step, index) => index >= plan.at && step.instruction === wanted);
  const found = next < 0 ? undefined : plan.steps[next];
  if (!found || (mayHaveTriggers && isStageStart(plan) && !isReached(plan, next))) return undefined;
  return { stage: found.stage, index: found.index, next: next + 1, strangers: [] };
}

/** A trigger of an image runs before the first step, also where the lowest stage has no steps of its own. */
function placeTrigger(plan: StagePlan, instruction: string): Placed {
  const strangers = [...plan.strangers, keywordOf(instruction)].slice(-100);
  const { stage, index } = (plan.at === 0 ? undefined : plan.steps[plan.at]) ?? {
    stage: plan.at === 0 ? plan.bottom : plan.stage,
    index: 0,
  };
  return { stage, index, next: plan.at, strangers };
}

/**
 * An instruction that is not to come shows that those passed so far were triggers of the image that read like the first steps. Of a stage below all
 * triggers are in the plan.
 */
function beforeTriggers(plan: StagePlan): StagePlan | undefined {
  const { steps, at, strangers } = plan;
  if (at === 0 || steps[at - 1]?.stage !== steps[0]?.stage) return undefined;
  const passed = steps.slice(0, at).map(({ keyword }) => keyword);
  return { ...plan, at: 0, strangers: [...strangers, ...passed].slice(-100) };
}

/** Carries the plan on by a step that has begun. */
export function passStep(plan: StagePlan, { next, strangers }: Placed): void {
  plan.at = next;
  plan.strangers = strangers;
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
  const passed = plan.steps.slice(plan.at, next).filter(({ keyword }) => !passedOver[plan.of](keyword));
  const strangers = plan.strangers.slice(plan.strangers.length - passed.length);
  return passed.length <= strangers.length && passed.every(({ keyword }, at) => keyword === strangers[at]);
}

/** An instruction with single blanks, to compare it. */
export function normal(instruction: string): string {
  return instruction.replaceAll(/\s+/g, ' ').trim();
}

/** The keyword of an instruction in upper case. */
export function keywordOf(instruction: string): string {
  return (/^\w+/.exec(instruction)?.[0] ?? '').toUpperCase();
}
