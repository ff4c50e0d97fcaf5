import type { Decoding, StepRecord } from './decoding.ts';

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
  // The mark was made when its own line was counted as the executor's.
  const lines = d.counts.total - mark.counts.total + 1 - undecidedLines;
  d.counts.executor = mark.counts.executor - 1;
  d.counts.unknown = mark.counts.unknown;
  d.counts.output = mark.counts.output + lines;
  mark.step.outputLines = mark.outputLines + lines;
  mark.step.progress = 'running';
  mark.step.isClosed = false;
  mark.stage.isOpen = true;
  mark.stage.stepCount = mark.stageStepCount;
  d.steps.length = mark.stepCount;
  d.stages.length = mark.stages;
  d.pushes.length = mark.pushes;
  d.stage = mark.stage;
  d.step = mark.step;
  d.running = mark.step;
  d.lastRun = mark.step;
  d.success = undefined;
  d.clock = mark.clock;
  d.mark = undefined;
  d.events.push({
    type: 'phase-start',
    phase: 'run',
    detail: undefined,
    stage: mark.step.stage,
    step: mark.step.index,
  });
  d.phase = { phase: 'run', detail: undefined, stage: mark.step.stage, step: mark.step.index };
}
