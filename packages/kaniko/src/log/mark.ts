import type { Decoding } from './decoding.ts';
import type { StepRecord } from './step-record.ts';
import { closeStage, closeStep, endPhase, startPhase } from './story.ts';

/** Remembers the state before the line that seems to end a program. */
export function setMark(d: Decoding, step: StepRecord): void {
  if (!d.stage) return;
  d.mark = {
    counts: { ...d.counts },
    step,
    outputLines: step.outputLines,
    stepCount: d.steps.length,
    stage: d.stage,
    stageStepCount: d.stage.stepCount,
    planned: d.stage.plan && { at: d.stage.plan.at, strangers: d.stage.plan.strangers },
    stages: d.stages.length,
    pushes: d.pushes.length,
    clock: d.clockBefore,
  };
}

/**
 * The end was the program's own text: everything since then was, too, and the program still runs.
 *
 * @param undecidedLines how many of the lines counted so far are not classified yet
 */
export function returnToProgram(d: Decoding, undecidedLines: 0 | 1): void {
  const mark = d.mark;
  if (!mark) return;
  const { stage, step } = mark;
  endPhase(d);
  if (d.step !== step) closeStep(d);
  if (d.stage !== stage) closeStage(d);
  // The mark was made when its own line was counted as the executor's.
  const lines = d.counts.total - mark.counts.total + 1 - undecidedLines;
  d.counts.executor = mark.counts.executor - 1;
  d.counts.unknown = mark.counts.unknown;
  d.counts.output = mark.counts.output + lines;
  step.outputLines = mark.outputLines + lines;
  step.progress = 'running';
  stage.stepCount = mark.stageStepCount;
  if (stage.plan && mark.planned) Object.assign(stage.plan, mark.planned);
  d.steps.length = mark.stepCount;
  d.stages.length = mark.stages;
  d.pushes.length = mark.pushes;
  d.stage = stage;
  d.step = step;
  d.running = step;
  d.lastRun = step;
  d.success = undefined;
  d.clock = mark.clock;
  d.mark = undefined;
  const { name, base } = stage;
  if (!stage.isOpen) d.events.push({ type: 'stage-start', stage: stage.index, name, base });
  if (step.isClosed) {
    const { instruction } = step;
    d.events.push({ type: 'step-start', stage: step.stage, step: step.index, instruction, isResumed: true });
  }
  stage.isOpen = true;
  step.isClosed = false;
  startPhase(d, 'run', step.instruction);
}
