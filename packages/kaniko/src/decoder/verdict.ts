import type { BuildFailure, StepPosition } from '@kanikit/spec';
import { explainFailure } from '../failures/explain-failure.ts';
import type { Decoding } from '../log/decoding.ts';
import type { FinalError } from '../log/final-error.ts';
import { returnToProgram } from '../log/mark.ts';
import { dismissFinal } from '../log/on-text.ts';
import { closeStage, closeStep, endPhase } from '../log/story.ts';
import { likeGoogle, tellExecutor } from '../log/tell-executor.ts';

/** What the log and the exit code together say about a build. */
export interface ExecutorVerdict {
  /** `unfinished` where they prove neither success nor failure: a cut log, or an executor that was killed. */
  readonly outcome: 'succeeded' | 'failed' | 'unfinished';
  /** The given one, else the one the log proves. */
  readonly exitCode: number | undefined;
  /** Set exactly when the outcome is `failed`. */
  readonly failure: BuildFailure | undefined;
  /** The pushes to destinations that the log confirms, in its order; no layers of the cache. */
  readonly images: readonly ExecutorImage[];
  /** Destinations whose tag the registry does not let be overwritten, which the executor was told to ignore, with the digest that was not pushed. */
  readonly keptTags: readonly ExecutorImage[];
  /** What the executor did in place of the push, in its own words: `skipped` where it was told not to push, `planned` where it only printed its plan. */
  readonly unpushed: 'skipped' | 'planned' | undefined;
}

export interface ExecutorImage {
  /** The destination as it was given. */
  readonly reference: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** Closes what is open and decides. */
export function settleLog(
  d: Decoding,
  exitCode: number | undefined,
  destinations: readonly string[],
): ExecutorVerdict {
  if (exitCode === 0) dismissFinal(d);
  if (d.final && provesRunning(d)) returnToFailedProgram(d, d.final);
  const isSuccess = d.final === undefined && hasSucceeded(d, destinations);
  const isFailure = exitCode === undefined ? d.final !== undefined : exitCode !== 0;
  const explained = isFailure ? explainFailure(d, exitCode) : undefined;
  if (isFailure && explained?.failure.step) failStep(d, explained.failure.step);
  // A step that was under way when the executor ended, whoever ended it, is not done.
  if (isFailure || (exitCode !== 0 && !isSuccess)) closeStep(d, 'failed');
  closeStage(d);
  endPhase(d);
  detect(d);
  const outcome = isFailure ? 'failed' : exitCode === 0 || isSuccess ? 'succeeded' : 'unfinished';
  return {
    outcome,
    exitCode: exitCode ?? explained?.exitCode ?? (isSuccess ? 0 : undefined),
    failure: explained?.failure,
    images: imagesOf(d, false),
    keptTags: imagesOf(d, true),
    unpushed: d.success === 'skipped' || d.success === 'planned' ? d.success : undefined,
  };
}

function imagesOf(d: Decoding, isKept: boolean): readonly ExecutorImage[] {
  return d.pushes.flatMap((push) =>
    push.digest === undefined || push.isKept !== isKept
      ? []
      : [{ reference: push.reference, digest: push.digest }],
  );
}

/** The executor looks for the files of an instruction before it prints it: when they are missing, the step before has ended well. */
function failStep(d: Decoding, { stage, index, instruction }: StepPosition): void {
  const { step } = d;
  if (step && step.stage === stage && step.index === index && step.instruction === instruction) return;
  if (d.stage?.isOpen !== true) return;
  closeStep(d);
  d.events.push({ type: 'step-start', stage, step: index, instruction });
  d.events.push({ type: 'step-end', stage, step: index, outcome: 'failed' });
}

/** The executor says that a program failed, so the line that seemed to end it was its own. */
function provesRunning(d: Decoding): boolean {
  if (!d.mark || d.running || d.final?.kind !== 'build') return false;
  return d.final.text.includes('waiting for process to exit: ');
}

function returnToFailedProgram(d: Decoding, final: FinalError): void {
  returnToProgram(d, 0);
  d.counts.output -= final.lines;
  d.counts.executor += final.lines;
  if (d.running) d.running.outputLines -= final.lines;
}

function hasSucceeded(d: Decoding, destinations: readonly string[]): boolean {
  if (d.success === undefined) return false;
  if (d.success !== 'pushed') return true;
  return (
    d.pushes.every(({ digest }) => digest !== undefined || !d.hasStageLines) &&
    destinations.every(
      (destination) => d.pushes.length === 0 || d.pushes.some(({ reference }) => reference === destination),
    )
  );
}

function detect(d: Decoding): void {
  // No release of the fork since 1.26.2 reaches a registry without a line of its own.
  const isGoogle =
    d.distribution === undefined && (d.resolvedImages.size > 0 || d.stages.length > 0 || isGoogleText(d));
  if (isGoogle) d.distribution = likeGoogle(d);
  tellExecutor(d);
}

/** Flags that only the fork has. */
const forkFlags = /^ +--(?:preserve-context|pre-cleanup|materialize|credential-helpers|secret|dryrun)\b/m;
/** A flag that the fork has, too, from a release on that has the others. */
const chainguardFlags = /^ +--annotation\b/m;

function isGoogleText(d: Decoding): boolean {
  const text = d.final?.text ?? '';
  if (d.final?.kind === 'usage' && text.includes('\nUsage:')) {
    d.distribution = distributionOf(text);
    return d.distribution === 'google';
  }
  return (
    text.includes(' -- make sure you entered the correct tag name') ||
    text.includes('Error finding target stage: ')
  );
}

function distributionOf(usage: string): NonNullable<Decoding['distribution']> {
  if (forkFlags.test(usage)) return 'osscontainertools';
  return chainguardFlags.test(usage) ? 'chainguard' : 'google';
}
