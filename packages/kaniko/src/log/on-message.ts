import type { Decoding, StageRecord } from './decoding.ts';
import type { StepRecord } from './step-record.ts';
import type { Message } from './message.ts';
import { tellEliminated } from './eliminated.ts';
import { onPush } from './on-push.ts';
import { endRun } from './run-end.ts';
import { squashNames } from './stage-names.ts';
import { likeGoogle } from './tell-executor.ts';
import {
  answerCache,
  closeStage,
  closeStep,
  endPhase,
  openImplicitStage,
  openStage,
  openStep,
  startPhase,
} from './story.ts';

/** Carries the story on by one line of the executor. */
export function onMessage(d: Decoding, message: Message): void {
  switch (message.kind) {
    case 'fork':
      d.distribution = 'osscontainertools';
      d.isForkSure = true;
      return;
    case 'credentials':
      d.hasCredentialLines = true;
      d.hasAuthVariable ||= message.isFromVariable;
      d.distribution = 'osscontainertools';
      d.isForkSure = true;
      return;
    case 'google':
      if (!d.isForkSure) d.distribution = likeGoogle(d);
      return;
    case 'context':
      startPhase(d, 'context', undefined);
      return;
    case 'base-name':
      d.baseNames.push(message);
      if (message.isFork) onMessage(d, { kind: 'fork', since: '1.25.4' });
      return;
    case 'stage-index':
      d.stageIndexes = message.names;
      return;
    case 'stage-deps':
      d.stageFiles = message.files;
      endPhase(d);
      return;
    case 'resolve':
      if (message.image !== undefined) {
        d.resolvedImages.add(message.image);
        d.lastImage = message.image;
        d.previousBase = undefined;
      }
      // Between the steps of a stage the executor asks again for what it knows.
      if (d.stage?.isOpen !== true || d.stage.stepCount === 0)
        startPhase(d, 'resolve', message.image ?? d.lastImage);
      return;
    case 'pull':
      startPhase(d, 'pull', message.image);
      return;
    case 'previous-base':
      d.previousBase = message.stage;
      return;
    case 'triggers':
      d.triggers = message.count;
      return;
    case 'squash':
      squashNames(d, message.name, message.base);
      onMessage(d, { kind: 'fork', since: '1.25.4' });
      return;
    case 'eliminated':
      d.eliminated.push(message.stage);
      onMessage(d, { kind: 'fork', since: '1.28.2' });
      return;
    case 'stage':
      d.hasStageLines = true;
      d.success = undefined;
      tellEliminated(d);
      d.earlyAnswers.length = 0;
      openStage(d, message.index, message.base, message.baseIndex < 0 ? undefined : message.baseIndex);
      return;
    case 'cache-check':
    case 'cache-answer':
      onCacheLine(d, message);
      return;
    case 'unpack': {
      const stage = openImplicitStage(d);
      if (stage) stage.unpackedFor = message.instruction;
      startPhase(d, 'unpack', message.instruction);
      return;
    }
    case 'skip-unpack':
      openImplicitStage(d);
      endPhase(d);
      return;
    case 'step': {
      endRun(d);
      d.success = undefined;
      const stage = openImplicitStage(d);
      if (stage) openStep(d, stage, message.instruction);
      return;
    }
    case 'cached-layer':
      if (d.step && !d.step.isClosed) d.step.cache = 'hit';
      startPhase(d, 'cache-extract', d.step?.instruction);
      return;
    case 'arguments':
    case 'running':
      onProgramStart(d, message.kind === 'running' ? message.command : undefined);
      return;
    case 'first-snapshot':
      d.isFirstSnapshot = true;
      if (d.stage?.isOpen && (d.step === undefined || d.step.isClosed || d.stage.stepCount === 0))
        d.stage.isSingleSnapshot = true;
      return;
    case 'snapshot':
    case 'snapshot-end':
      onSnapshot(d, message.kind);
      return;
    case 'save':
      endRun(d);
      closeStep(d);
      startPhase(d, 'save', message.what);
      return;
    case 'clean':
      endRun(d);
      closeStage(d);
      startPhase(d, 'clean', undefined);
      return;
    case 'cache-push':
    case 'push':
    case 'pushed':
    case 'pushed-all':
    case 'skip-push':
    case 'cache-push-failed':
      onPush(d, message);
      return;
    case 'retry':
      d.events.push({ type: 'retry', reason: message.reason, delayMs: milliseconds(message.delay) });
      return;
    case 'context-files':
    case 'step-over':
      endRun(d);
      return;
    case 'telemetry':
      d.hasTelemetry = true;
      onMessage(d, { kind: 'fork', since: '1.28.2' });
      return;
    case 'command':
    case 'exit':
    case 'user-lookup':
    case 'other':
    case 'unknown':
      return;
    default:
      message satisfies never;
  }
}

function onCacheLine(d: Decoding, message: Extract<Message, { kind: 'cache-check' | 'cache-answer' }>): void {
  const stage = d.stage?.isOpen ? d.stage : undefined;
  if (message.kind === 'cache-check') {
    endRun(d);
    d.cacheRepository ??= message.repository;
    if (stage) stage.isCheckOpen = true;
    startPhase(d, 'cache-lookup', message.key);
    return;
  }
  if (stage) onAnswer(d, stage, message);
  else d.earlyAnswers.push(message);
}

/** A hit by an inferred key is told again as a hit. */
function onAnswer(
  d: Decoding,
  stage: StageRecord,
  { instruction, result, isInferred }: Extract<Message, { kind: 'cache-answer' }>,
): void {
  const isAgain = result === 'hit' && stage.lastHit === instruction;
  stage.lastHit = isInferred ? instruction : undefined;
  if (!isAgain) answerCache(d, stage, instruction, result);
}

function onProgramStart(d: Decoding, command: string | undefined): void {
  const step = d.step;
  // `Args:` is also what ONBUILD says.
  if (!step || step.isClosed || step.keyword !== 'RUN' || step.progress === 'ended') return;
  const isFirst = step.progress === 'waiting';
  if (isFirst) {
    // Only the last programs can have failed; the output of the ones before is not needed any more.
    if (d.runBefore) d.runBefore.tail.length = 0;
    d.runBefore = d.lastRun;
  }
  step.progress = command === undefined ? 'arguments' : 'running';
  step.command = command ?? step.command;
  d.running = step;
  d.lastRun = step;
  d.nested = undefined;
  if (isFirst) startPhase(d, 'run', command ?? step.instruction);
}

function onSnapshot(d: Decoding, kind: 'snapshot' | 'snapshot-end'): void {
  const step = d.step?.isClosed === false ? d.step : undefined;
  const isFirst = d.isFirstSnapshot || step === undefined || isBeforeProgram(step);
  d.isFirstSnapshot = false;
  endRun(d);
  if (kind === 'snapshot-end') {
    if (d.phase?.phase === 'snapshot' || step) endPhase(d);
    return;
  }
  d.success = undefined;
  if (step && !isFirst) step.progress = 'ended';
  startPhase(d, 'snapshot', isFirst ? 'base' : undefined);
}

function isBeforeProgram(step: StepRecord): boolean {
  return step.keyword === 'RUN' && step.progress === 'waiting';
}

/** Reads a Go duration such as `1m30s` or `500ms`. */
function milliseconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let sum = 0;
  for (const [, value, unit] of duration.matchAll(/(?<![\d.])(\d+(?:\.\d+)?)(h|ms|m|s)/g))
    sum += Number(value) * (units[unit ?? ''] ?? 0);
  return sum;
}
