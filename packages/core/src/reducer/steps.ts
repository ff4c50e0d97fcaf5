import type { OutputEvent, StepCacheEvent, StepEndEvent, StepStartEvent } from '@kanikit/spec';
import type { StepState } from './build-state.ts';

type Steps = readonly StepState[];

/** A step begins and goes to the end of the list; a step still running is over then, since the executor runs one at a time. */
export function startStep(steps: Steps, { stage, step, instruction }: StepStartEvent, timeMs: number): Steps {
  const known = findStep(steps, stage, step);
  const started: StepState = {
    stage,
    step,
    instruction,
    cache: steps[known]?.cache,
    outcome: 'running',
    startedAtMs: timeMs,
    durationMs: undefined,
    outputLines: 0,
  };
  const rest = steps.filter((_, place) => place !== known).map((other) => closed(other, timeMs));
  return [...rest, started];
}

/** The cache has answered for a step; while its index is unknown, the latest step with this instruction is meant. */
export function cacheAnswered(steps: Steps, { stage, step, instruction, result }: StepCacheEvent): Steps {
  const known =
    step === undefined
      ? steps.findLastIndex((other) => other.stage === stage && other.instruction === instruction)
      : findStep(steps, stage, step);
  const found = steps[known];
  if (found !== undefined) return steps.with(known, { ...found, cache: result });
  if (step === undefined) return steps;
  const rest = { startedAtMs: undefined, durationMs: undefined, outputLines: 0 };
  return [...steps, { stage, step, instruction, cache: result, outcome: 'waiting', ...rest }];
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
