import type { OutputEvent, StepCacheEvent, StepEndEvent, StepStartEvent } from '@kanikit/spec';
import type { StepState } from './build-state.ts';
import type { CacheAnswer } from './cache-answer.ts';

type Steps = readonly StepState[];

/** Answers kept for steps to come: more than a Dockerfile has instructions. */
const answerLimit = 1_000;
/** Steps kept, which is more than executors run: what a program prints may look like the start of one, any number of times. */
const stepLimit = 1_000;

/** The steps of a build, and what the cache said of steps to come. */
interface StepList {
  readonly steps: Steps;
  readonly cacheAnswers: readonly CacheAnswer[];
}

/** A step begins and goes to the end of the list; a step still running is over then, since the executor runs one at a time. */
export function startStep(
  { steps, cacheAnswers }: StepList,
  { stage, step, instruction, isResumed }: StepStartEvent,
  timeMs: number,
): StepList {
  const known = isResumed ? findInstruction(steps, stage, step, instruction) : -1;
  const answer = cacheAnswers.find((other) => other.stage === stage && other.instruction === instruction);
  const started: StepState = {
    stage,
    step,
    instruction,
    cache: steps[known]?.cache ?? answer?.result,
    outcome: 'running',
    startedAtMs: timeMs,
    durationMs: undefined,
    outputLines: 0,
  };
  const rest = steps.filter((_, place) => place !== known).map((other) => closed(other, timeMs));
  return {
    steps: [...rest, started].slice(-stepLimit),
    cacheAnswers: cacheAnswers.filter((other) => other !== answer),
  };
}

/** The cache has answered: for the running step with these words, else for one to come. */
export function cacheAnswered(
  list: StepList,
  { stage, step, instruction, result }: StepCacheEvent,
): StepList {
  const { steps, cacheAnswers } = list;
  const known = steps.findLastIndex(
    (other) =>
      other.outcome === 'running' &&
      other.stage === stage &&
      other.instruction === instruction &&
      (step === undefined || other.step === step),
  );
  const found = steps[known];
  if (found !== undefined) return { ...list, steps: steps.with(known, { ...found, cache: result }) };
  return { steps, cacheAnswers: [...cacheAnswers, { stage, instruction, result }].slice(-answerLimit) };
}

/** A step has ended. */
export function endStep(steps: Steps, { stage, step, outcome }: StepEndEvent, timeMs: number): Steps {
  const place = findStep(steps, stage, step);
  const found = steps[place];
  if (found === undefined) return steps;
  const durationMs = Math.max(0, timeMs - (found.startedAtMs ?? timeMs));
  return steps.with(place, { ...found, outcome, durationMs });
}

/** A program of a step printed a line. */
export function printedByStep(steps: Steps, { stage, step }: OutputEvent): Steps {
  if (stage === undefined || step === undefined) return steps;
  const place = findStep(steps, stage, step);
  const found = steps[place];
  return found === undefined ? steps : steps.with(place, { ...found, outputLines: found.outputLines + 1 });
}

function closed(step: StepState, timeMs: number): StepState {
  if (step.outcome !== 'running') return step;
  return { ...step, outcome: 'done', durationMs: Math.max(0, timeMs - (step.startedAtMs ?? timeMs)) };
}

/** From the end: events are about recent steps. */
function findStep(steps: Steps, stage: number, step: number): number {
  return steps.findLastIndex((candidate) => candidate.stage === stage && candidate.step === step);
}

/** Triggers of an image have the place of the first step, and are steps of their own, also where they read like it. */
function findInstruction(steps: Steps, stage: number, step: number, instruction: string): number {
  return steps.findLastIndex(
    (other) => other.stage === stage && other.step === step && other.instruction === instruction,
  );
}
