import type { ExecutorPhase } from '@kanikit/spec';
import type { Decoding, StageRecord } from './decoding.ts';
import type { StepRecord } from './step-record.ts';
import { lastSegment } from './line-splitter.ts';
import { guessStageName } from './stage-names.ts';
import { keywordOf, passStep, type Placed, placeStep, planStage } from './stage-plan.ts';

/** Lines of a program that are kept to explain its failure. */
const tailLines = 30;
const tailLineLength = 2000;
/** Of a line of output an event holds this much; control characters grow to six times of it in JSON. */
const maxOutputLength = 1024 * 1024;

export function startPhase(d: Decoding, phase: ExecutorPhase, detail: string | undefined): void {
  const stage = d.stage?.isOpen ? d.stage.index : undefined;
  const step = stage === undefined || d.step?.isClosed !== false ? undefined : d.step.index;
  const now = d.phase;
  if (now?.phase === phase && now.stage === stage && now.step === step && now.detail === detail) return;
  endPhase(d);
  d.phase = { phase, detail, stage, step };
  d.events.push({ type: 'phase-start', phase, detail, stage, step });
}

export function endPhase(d: Decoding): void {
  if (!d.phase) return;
  const { phase, stage, step } = d.phase;
  d.events.push({ type: 'phase-end', phase, stage, step });
  d.phase = undefined;
}

export function openStage(
  d: Decoding,
  index: number,
  base: string,
  baseIndex: number | undefined,
): StageRecord {
  closeStage(d);
  const stage: StageRecord = {
    index,
    base,
    baseIndex,
    name: undefined,
    isOpen: true,
    answers: new Map(),
    unpackedFor: undefined,
    isAnnouncedDone: false,
    isSingleSnapshot: false,
    stepCount: 0,
    isCheckOpen: false,
    plan: planOf(d, index, 'steps', baseIndex),
    answersPlan: planOf(d, index, 'answers', baseIndex),
    lastHit: undefined,
  };
  d.stages.push(stage);
  d.stage = stage;
  d.previousBase = undefined;
  const outlined = d.outline?.stages[index];
  stage.name = outlined ? outlined.name : guessStageName(d, stage);
  d.events.push({ type: 'stage-start', stage: index, name: stage.name, base });
  return stage;
}

/** Before 1.9.0 no line says that a stage begins: the first line that only a stage has opens it. */
export function openImplicitStage(d: Decoding): StageRecord | undefined {
  if (d.stage?.isOpen) return d.stage;
  if (d.hasStageLines) return undefined;
  const index = d.stages.length;
  const from = d.previousBase;
  const base =
    (from === undefined ? undefined : (d.stages[from]?.name ?? String(from))) ??
    d.outline?.stages[index]?.base ??
    d.lastImage ??
    '';
  const stage = openStage(d, index, base, from);
  for (const answer of d.earlyAnswers.splice(0)) answerCache(d, stage, answer.instruction, answer.result);
  return stage;
}

export function closeStage(d: Decoding): void {
  closeStep(d);
  endPhase(d);
  if (!d.stage?.isOpen) return;
  d.stage.isOpen = false;
  d.step = undefined;
  d.events.push({ type: 'stage-end', stage: d.stage.index });
}

export function answerCache(
  d: Decoding,
  stage: StageRecord,
  instruction: string,
  result: 'hit' | 'miss',
): void {
  stage.isCheckOpen = false;
  const answers = stage.answers.get(instruction);
  if (answers) answers.push(result);
  else stage.answers.set(instruction, [result]);
  const { answersPlan } = stage;
  const placed = answersPlan && placeStep(answersPlan, instruction, mayHaveTriggers(d));
  if (answersPlan && placed) passStep(answersPlan, placed);
  const place = placed ?? { stage: stage.index, index: undefined };
  d.events.push({ type: 'step-cache', stage: place.stage, step: place.index, instruction, result });
}

export function openStep(d: Decoding, stage: StageRecord, instruction: string): StepRecord {
  closeStep(d);
  endPhase(d);
  const place = placeIn(d, stage, instruction);
  if (stage.plan && place) passStep(stage.plan, place);
  const step: StepRecord = {
    stage: place?.stage ?? stage.index,
    index: place?.index ?? stage.stepCount,
    instruction,
    keyword: keywordOf(instruction),
    cache: stage.answers.get(instruction)?.shift(),
    outputLines: 0,
    command: undefined,
    tail: [],
    progress: 'waiting',
    isClosed: false,
  };
  // The fork asks once more right before a step, and says nothing when the answer is no.
  if (step.cache === undefined && stage.isCheckOpen && d.steps.at(-1)?.stage === stage.index)
    step.cache = 'miss';
  stage.isCheckOpen = false;
  if (instruction === stage.unpackedFor) stage.isAnnouncedDone = true;
  stage.stepCount += 1;
  d.steps.push(step);
  d.step = step;
  d.events.push({ type: 'step-start', stage: step.stage, step: step.index, instruction });
  if (step.keyword !== 'RUN') startPhase(d, 'copy', instruction);
  return step;
}

export function closeStep(d: Decoding, outcome?: 'failed'): void {
  const step = d.step;
  if (!step || step.isClosed) return;
  endPhase(d);
  step.isClosed = true;
  d.events.push({
    type: 'step-end',
    stage: step.stage,
    step: step.index,
    outcome: outcome ?? (step.cache === 'hit' ? 'cached' : 'done'),
  });
}

/** Where an instruction that begins now stands in the Dockerfile; undefined without the Dockerfile, and for one that is not in it. */
export function placeIn(d: Decoding, stage: StageRecord, instruction: string): Placed | undefined {
  return stage.plan && placeStep(stage.plan, instruction, mayHaveTriggers(d));
}

/** Images may bring triggers. Some releases say how many; the others say nothing. */
function mayHaveTriggers(d: Decoding): boolean {
  return d.triggers === undefined || d.triggers > 0;
}

/** A stage below that was built on its own is no part of this one. */
function planOf(
  d: Decoding,
  stage: number,
  of: 'steps' | 'answers',
  baseIndex: number | undefined,
): StageRecord['plan'] {
  const built = new Set(d.stages.map(({ index }) => index));
  const isApart = (at: number): boolean => at === baseIndex || built.has(at);
  return planStage(d.outline, stage, of, isApart);
}

/** A line that the executor's own interrupted, and that the program never ended. */
export function flushPartial(d: Decoding, step: StepRecord): void {
  if (d.partial === '') return;
  const text = lastSegment(d.partial);
  d.partial = '';
  addOutput(d, step, text, false);
}

/** Notes a line that a program printed; `isCounted` is false for the unfinished line in front of a header. */
export function addOutput(d: Decoding, step: StepRecord | undefined, text: string, isCounted = true): void {
  if (isCounted) d.counts.output += 1;
  if (step) step.outputLines += 1;
  const tail = step?.tail ?? d.looseTail;
  tail.push(text.length > tailLineLength ? text.slice(0, tailLineLength) : text);
  if (tail.length > tailLines * 2) tail.splice(0, tailLines);
  d.events.push({ type: 'output', text: shortened(text), stage: step?.stage, step: step?.index });
}

function shortened(text: string): string {
  if (text.length <= maxOutputLength) return text;
  return `${text.slice(0, maxOutputLength)} … (${text.length - maxOutputLength} more characters)`;
}
