import type { Decoding } from './decoding.ts';
import type { StepRecord } from './step-record.ts';
import {
  bounded,
  extend,
  finalKind,
  gluedFinalAt,
  isBodyOpen,
  isCrash,
  isExecutorFrame,
} from './final-error.ts';
import { lastSegment } from './line-splitter.ts';
import {
  isFrameLine,
  isGitProgress,
  isLibraryLine,
  isPlanLine,
  isPlanStart,
  readOldDigest,
  readVersion,
  telemetryAt,
} from './plain-lines.ts';
import { addOutput, startPhase } from './story.ts';
import { tagOf } from './admission.ts';

/** A line without a header: a program's, or one of the few plain lines of the executor. */
export function onText(d: Decoding, raw: string): void {
  if (continueMessage(d, raw) || onTelemetryText(d, raw)) return;
  if (d.running || d.lastRun) {
    const at = gluedFinalAt(raw, d.running !== undefined);
    if (at >= 0) {
      onGluedText(d, raw.slice(0, at), false);
      setFinal(d, finalKind(raw.slice(at), false) ?? 'build', raw.slice(at));
      return;
    }
  }
  const text = lastSegment(d.running ? d.partial + raw : raw);
  if (d.running) d.partial = '';
  if (d.final && onTextAfterFinal(d, text)) return;
  if (d.running) onProgramText(d, d.running, text);
  else if (!onExecutorText(d, text)) addOutput(d, programOf(d, text), text);
}

/** Text in front of a header: the end of what a program printed without a newline. */
export function onGluedText(d: Decoding, raw: string, isInterruption: boolean): void {
  if (d.running && isInterruption) {
    d.partial += raw;
    return;
  }
  const text = lastSegment(d.running ? d.partial + raw : raw);
  d.partial = '';
  if (text.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, '').trim() === '' || isGitProgress(text)) return;
  const step = d.running ?? programOf(d, text);
  if (step) addOutput(d, step, text, false);
}

/** A program may say the same of its own spans, so while one runs the executor must have said before that it exports any. */
function onTelemetryText(d: Decoding, raw: string): boolean {
  if (d.running && !d.final && !d.hasTelemetry) return false;
  const at = telemetryAt(raw);
  if (at < 0) return false;
  d.hasTelemetry = true;
  if (at > 0) onGluedText(d, raw.slice(0, at), true);
  d.counts.executor += 1;
  return true;
}

function continueMessage(d: Decoding, line: string): boolean {
  const rest = d.continuation;
  if (!rest) return false;
  if (finalKind(line, d.stages.length === 0) !== undefined) {
    d.continuation = undefined;
    return false;
  }
  rest.linesLeft -= 1;
  d.counts.executor += 1;
  if (rest.linesLeft <= 0 || rest.isDone(line)) d.continuation = undefined;
  return true;
}

function onProgramText(d: Decoding, step: StepRecord, text: string): void {
  if (d.nested && finalKind(text, false)) d.nested.isFinished = true;
  if (isCrash(text)) d.panic = { text, counts: { ...d.counts }, outputLines: step.outputLines };
  addOutput(d, step, text);
  if (d.panic && isExecutorFrame(text)) promotePanic(d, step, d.panic);
}

/** The stack names the executor's code: the crash is its own, not the program's. */
function promotePanic(d: Decoding, step: StepRecord, panic: NonNullable<Decoding['panic']>): void {
  const lines = d.counts.output - panic.counts.output;
  d.counts.output -= lines;
  d.counts.executor += lines;
  step.outputLines = panic.outputLines;
  d.final = { kind: 'panic', text: bounded(panic.text), lines, step: undefined };
  d.panic = undefined;
}

function setFinal(d: Decoding, kind: NonNullable<Decoding['final']>['kind'], text: string): void {
  dismissFinal(d);
  if (d.nested) d.nested.isFinished = true;
  d.final = { kind, text: bounded(text), lines: 1, step: d.running };
  d.counts.executor += 1;
}

/** The text looked like the executor's last words, but the executor went on. */
export function dismissFinal(d: Decoding): void {
  const final = d.final;
  if (!final) return;
  d.final = undefined;
  if (final.kind === 'logged') return;
  d.counts.executor -= final.lines;
  d.counts.output += final.lines;
  const step = final.step ?? d.lastRun;
  if (step) step.outputLines += final.lines;
}

function onTextAfterFinal(d: Decoding, text: string): boolean {
  const final = d.final;
  if (!final) return false;
  if (isFrameLine(text)) {
    addOutput(d, undefined, text);
    return true;
  }
  if (final.kind === 'logged' || (final.kind === 'build' && !isBodyOpen(final.text))) {
    addOutput(d, final.step ?? d.lastRun, text);
    return true;
  }
  if (final.kind === 'usage' && final.lines === 1 && text !== 'Usage:' && text !== '') {
    // Without the usage text the error is the executor's only if nothing of a build follows; the line is someone else's.
    addOutput(d, undefined, text);
    return true;
  }
  if (final.kind === 'push' && d.lastRun && !isBodyOpen(final.text) && !/^(?:$|[\s<{}\]"])/.test(text)) {
    addOutput(d, undefined, text);
    return true;
  }
  extend(final, text);
  d.counts.executor += 1;
  return true;
}

/** Plain lines of the executor while no program runs. */
function onExecutorText(d: Decoding, text: string): boolean {
  const kind = finalKind(text, d.stages.length === 0);
  if (kind) {
    setFinal(d, kind, text);
    return true;
  }
  if (isCrash(text) && d.success === undefined) {
    setFinal(d, 'panic', text);
    return true;
  }
  if (isPlanText(d, text) || isPlainText(d, text)) {
    d.counts.executor += 1;
    return true;
  }
  return false;
}

function isPlainText(d: Decoding, text: string): boolean {
  const version = readVersion(text);
  if (version !== undefined) {
    d.version = version;
    return true;
  }
  const isRest = d.isAfterLibrary && text.startsWith('\t');
  d.isAfterLibrary = isRest || isLibraryLine(text);
  if (d.isAfterLibrary) {
    const pushed = readOldDigest(text);
    if (pushed && !/^[0-9a-f]{64}$/.test(tagOf(pushed.reference))) onOldDigest(d, pushed);
    return true;
  }
  if (d.lastRun === undefined && isGitProgress(text)) {
    startPhase(d, 'context', undefined);
    return true;
  }
  // Before the first program only the executor and what is linked into it can have printed this.
  const isEarlyOutput = d.step?.keyword === 'RUN' && !d.step.isClosed;
  return (
    d.isTalking && d.lastRun === undefined && !isEarlyOutput && d.stages.length === 0 && !isFrameLine(text)
  );
}

function onOldDigest(d: Decoding, pushed: { reference: string; digest: string }): void {
  d.pushes.push({ ...pushed, isKept: false });
  d.events.push({ type: 'push-start', reference: pushed.reference });
  d.events.push({ type: 'push-end', ...pushed, isImmutableIgnored: false });
  d.success = 'pushed';
}

/** The plan of the fork: printed before anything is built, or instead of it. */
function isPlanText(d: Decoding, text: string): boolean {
  if (d.stages.length > 0 || d.lastRun) return false;
  if (!d.isPlan) {
    if (!isPlanStart(text)) return false;
    d.isPlan = true;
    d.isForkSure = true;
    d.distribution = 'osscontainertools';
    return true;
  }
  if (text.startsWith('PUSH [')) d.success = 'planned';
  return isPlanLine(text);
}

/** The step whose program printed a line that comes before its start or after its end. */
function programOf(d: Decoding, text: string): StepRecord | undefined {
  if (isFrameLine(text)) return undefined;
  if (
    d.step?.keyword === 'RUN' &&
    d.step.progress === 'waiting' &&
    d.step.cache !== 'hit' &&
    !d.step.isClosed
  )
    return d.step;
  if (d.success !== undefined && d.success !== 'skipped') return undefined;
  return d.lastRun;
}
