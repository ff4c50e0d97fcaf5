import type { BuildFailure, StepPosition } from '@kanikit/spec';
import type { Decoding } from '../log/decoding.ts';
import type { StepRecord } from '../log/step-record.ts';
import { blamedStep } from './blamed-step.ts';
import { endedSilently, killed, terminated } from './end-failures.ts';
import type { FailureEntry } from './failure-entry.ts';
import { programHint } from './program-hint.ts';
import { recognizeFailure } from './recognize-failure.ts';
import { stepFailures } from './step-failures.ts';
import { tiniFailure } from './tini-failure.ts';

/** Lines of a program that are shown with its failure. */
const shownLines = 12;

/** Why the build failed, and the exit code that the log proves. */
export interface ExplainedFailure {
  readonly failure: BuildFailure;
  readonly exitCode: number | undefined;
}

export function explainFailure(d: Decoding, exitCode: number | undefined): ExplainedFailure {
  return d.final ? explainWords(d, d.final) : { failure: explainSilence(d, exitCode), exitCode };
}

function explainWords(d: Decoding, final: NonNullable<Decoding['final']>): ExplainedFailure {
  const first = final.text.split('\n', 1)[0] ?? '';
  const step = blamedStep(d, final);
  const run = /waiting for process to exit: (?:exit status (\d+)|signal: (.+))/.exec(first);
  const record = run ? (d.running ?? final.step) : undefined;
  const tail = run ? lastLines(record?.tail ?? d.looseTail) : [];
  const isFull = run !== null && tail.some((line) => /no space left on device/i.test(line));
  const ofTini = run === null ? undefined : tiniFailure(record, tail);
  const found = isFull ? stepFailures[0]! : (ofTini ?? recognizeFailure(final.kind, final.text));
  const lines =
    tail.length > 0
      ? tail
      : (final.kind === 'usage' ? [first] : final.text.split('\n', 3)).filter((line) => line.trim() !== '');
  return {
    failure: failureOf(found, messageOf(found, first, run, step), step, lines, hintOf(d, found, run, first)),
    exitCode: provenExitCode(d, final.kind, run),
  };
}

/** The process ended, and its log does not say why. */
function explainSilence(d: Decoding, exitCode: number | undefined): BuildFailure {
  const at = d.step && !d.step.isClosed ? position(d.step) : undefined;
  const lines = d.running ? lastLines(d.running.tail) : [];
  const during = at ? ` during ${quoted(at.instruction)}` : '';
  if (exitCode === 137)
    return failureOf(killed, `The executor was killed${during} (exit code 137).`, at, lines);
  if (exitCode === 2 || exitCode === 143)
    return failureOf(
      terminated,
      `The executor was asked to end${during} (exit code ${exitCode}).`,
      undefined,
      lines,
    );
  return failureOf(
    endedSilently,
    `The executor ended${during} with exit code ${exitCode}; its log does not say why.`,
    undefined,
    lines,
  );
}

function failureOf(
  found: FailureEntry,
  message: string,
  step: StepPosition | undefined,
  lines: readonly string[],
  hint: string = found.remedy,
): BuildFailure {
  return { code: found.code, message, hint, step, lines, isRetryable: found.isRetryable };
}

function messageOf(
  found: FailureEntry,
  first: string,
  run: RegExpExecArray | null,
  step: StepPosition | undefined,
): string {
  const what = step ? quoted(step.instruction) : 'A command of the build';
  if (run?.[1] !== undefined) return `${what} ended with exit status ${run[1]}.`;
  if (run?.[2] !== undefined) return `${what} was ended by a signal (${run[2].trim()}).`;
  const reason = first
    .replace(/^Error: /, '')
    .replace(/^error building image: (?:error building stage: )?/, '')
    .replace(/^error pushing image: /, '')
    .trim();
  const where = step ? `${quoted(step.instruction)}: ` : '';
  return `${where}${shorten(reason === '' ? found.meaning : reason, 600)}`;
}

function hintOf(d: Decoding, found: FailureEntry, run: RegExpExecArray | null, first: string): string {
  if (run !== null) return programHint(found, run[1], run[2]?.trim());
  const helper = /"(docker-credential-[\w.-]+)"/.exec(first)?.[1];
  if (found.code === 'registry-credentials-unusable' && helper !== undefined)
    return `The config.json names the credential helper ${helper}, which the executor image does not have: it works on the machine that it was copied from. ${found.remedy}`;
  if (d.hasAuthVariable && (found.code === 'push-denied' || found.code === 'base-image-denied'))
    return `The pod has DOCKER_AUTH_CONFIG, which goes before the credentials that are mounted for the build: take it away, or put the right ones there. ${found.remedy}`;
  return found.remedy;
}

/** Releases before 1.7 end with 1 whatever the program ended with, so what they print proves nothing but that. */
function provenExitCode(d: Decoding, kind: string, run: RegExpExecArray | null): number | undefined {
  if (kind === 'panic') return 2;
  if (!run) return 1;
  const code = run[1] === undefined ? 255 : Number(run[1]);
  const isOld = !d.hasStageLines && d.stages.length > 0;
  return isOld && code !== 1 ? undefined : code;
}

function lastLines(tail: readonly string[]): string[] {
  return tail.filter((line) => line.trim() !== '').slice(-shownLines);
}

function position(step: StepRecord): StepPosition {
  return { stage: step.stage, index: step.index, instruction: step.instruction };
}

function quoted(instruction: string): string {
  return `“${shorten(instruction, 120)}”`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
