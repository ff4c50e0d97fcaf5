import { isSameRepository, repositoryOf, tagOf } from './admission.ts';
import type { Decoding, StepRecord } from './decoding.ts';
import { setMark } from './mark.ts';
import type { Message } from './message.ts';
import { squashNames } from './stage-names.ts';
import {
  answerCache,
  closeStage,
  closeStep,
  endPhase,
  flushPartial,
  openImplicitStage,
  openStage,
  openStep,
  startPhase,
} from './story.ts';

const cacheKey = /^[0-9a-f]{64}$/;

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
      if (!d.isForkSure) d.distribution = 'google';
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
    case 'stage':
      d.hasStageLines = true;
      d.success = undefined;
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
    case 'command':
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
    d.cacheRepository ??= message.repository;
    if (stage) stage.isCheckOpen = true;
    startPhase(d, 'cache-lookup', message.key);
    return;
  }
  if (stage) answerCache(d, stage, message.instruction, message.result);
  else d.earlyAnswers.push(message);
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

/** The program of the step has ended. */
function endRun(d: Decoding): void {
  if (!d.running) return;
  flushPartial(d, d.running);
  setMark(d, d.running);
  d.running.progress = 'ended';
  d.running = undefined;
  d.nested = undefined;
  d.panic = undefined;
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

type PushMessage = Extract<
  Message,
  { kind: 'cache-push' | 'push' | 'pushed' | 'pushed-all' | 'skip-push' | 'cache-push-failed' }
>;

function onPush(d: Decoding, message: PushMessage): void {
  switch (message.kind) {
    case 'cache-push':
      d.cacheRepository ??= message.repository;
      d.cachePushes.set(message.key, message.repository);
      d.events.push({
        type: 'layer-start',
        layer: message.key,
        direction: 'cache-push',
        reference: message.repository,
        sizeBytes: undefined,
      });
      return;
    case 'cache-push-failed':
      endCachePush(d, [...d.cachePushes.keys()][0] ?? '', 'failed');
      return;
    case 'push':
      if (d.cachePushes.has(tagOf(message.reference)) || isCacheReference(d, message.reference)) return;
      endRun(d);
      closeStage(d);
      d.success = undefined;
      d.pushes.push({ reference: message.reference, digest: undefined, isKept: false });
      startPhase(d, 'push', message.reference);
      d.events.push({ type: 'push-start', reference: message.reference });
      return;
    case 'pushed':
      onPushed(d, message.repository, message.digest, message.isIgnored);
      return;
    case 'pushed-all':
      endPhase(d);
      d.success = 'pushed';
      return;
    case 'skip-push':
      // A cache in a folder (`oci:`) says this for every layer, too.
      if (d.cachePushes.size > 0) {
        endCachePush(d, [...d.cachePushes.keys()][0] ?? '', 'done');
        return;
      }
      if (d.running) return;
      closeStage(d);
      d.success = 'skipped';
      return;
    default:
      message satisfies never;
  }
}

function onPushed(d: Decoding, repository: string, digest: string, isIgnored: boolean): void {
  const open = d.pushes.filter((candidate) => candidate.digest === undefined);
  const push = open.find(({ reference }) => isSameRepository(repositoryOf(reference), repository));
  if (!push) {
    const key = [...d.cachePushes].find(([, given]) => isSameRepository(given, repository))?.[0];
    if (key !== undefined) endCachePush(d, key, 'done');
    return;
  }
  push.digest = digest;
  push.isKept = isIgnored;
  d.events.push({ type: 'push-end', reference: push.reference, digest, isImmutableIgnored: isIgnored });
  endPhase(d);
  d.success = 'pushed';
}

function endCachePush(d: Decoding, key: string, outcome: 'done' | 'failed'): void {
  d.cachePushes.delete(key);
  d.events.push({ type: 'layer-end', layer: key, outcome, sizeBytes: undefined });
}

/** Cache layers of a log that was cut before their first line: their tag is a key. */
function isCacheReference(d: Decoding, reference: string): boolean {
  if (!cacheKey.test(tagOf(reference))) return false;
  const repository = reference.slice(0, reference.lastIndexOf(':'));
  return d.cacheRepository === undefined || isSameRepository(d.cacheRepository, repository);
}

/** Reads a Go duration such as `1m30s` or `500ms`. */
function milliseconds(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let sum = 0;
  for (const [, value, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g))
    sum += Number(value) * (units[unit ?? ''] ?? 0);
  return sum;
}
