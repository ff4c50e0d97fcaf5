import type { DockerfileOutline, StepPosition } from '@kanikit/spec';
import { isKanikitError } from '@kanikit/spec';
import { parseDockerfileOutline } from '../dockerfile/parse-outline.ts';
import { openDecoder } from '../decoder/decoder.ts';
import type { Decoding } from '../log/decoding.ts';
import { assignNames } from '../log/stage-names.ts';
import type { ExecutorVerdict } from '../decoder/verdict.ts';
import type { Explanation, ExplainedStep, ExplainReport } from './explain-report.ts';

export interface ExplainOptions {
  /** Text of the Dockerfile, for exact positions and stage names. One that can't be read is left out of account. */
  readonly dockerfile?: string | undefined;
  /** Exit code of the executor, where it is known. */
  readonly exitCode?: number | undefined;
}

/** How many bytes are decoded at a time, so that a large log needs no second copy as a whole. */
const chunkBytes = 1024 * 1024;

/** Reads a complete log and says what happened. Never throws on any bytes. */
export function explainLog(input: Uint8Array | string, options: ExplainOptions = {}): ExplainReport {
  return explainWithDetails(input, options).report;
}

/** As {@link explainLog}, with what {@link formatExplanation} shows besides. */
export function explainWithDetails(input: Uint8Array | string, options: ExplainOptions = {}): Explanation {
  const bytes =
    typeof input === 'string' ? new TextEncoder().encode(input.replace(/^\ufeff/, '')) : inUtf8(input);
  const outline = outlineOf(options.dockerfile);
  let reading = read(bytes, outline, options.exitCode, false);
  if (reading.verdict.outcome !== 'failed' && reading.state.running && reading.state.nested) {
    // An executor inside the build that was killed never ends in its log: what followed may have been ours.
    const second = read(bytes, outline, options.exitCode, true);
    if (second.state.running === undefined) reading = second;
  }
  const { state, verdict } = reading;
  return {
    report: reportOf(state, verdict),
    failureLines: verdict.failure?.lines ?? [],
    isRetryable: verdict.failure?.isRetryable ?? false,
    unpushed: verdict.unpushed,
    keptTags: verdict.keptTags,
  };
}

/** The log in UTF-8 without a byte order mark: PowerShell writes UTF-16 into files. */
function inUtf8(bytes: Uint8Array): Uint8Array {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe)
    return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
  if (first === 0xfe && second === 0xff)
    return new TextEncoder().encode(new TextDecoder('utf-16be').decode(bytes));
  return first === 0xef && second === 0xbb && third === 0xbf ? bytes.subarray(3) : bytes;
}

function read(
  bytes: Uint8Array,
  outline: DockerfileOutline | undefined,
  exitCode: number | undefined,
  ignoresNested: boolean,
): { state: Decoding; verdict: ExecutorVerdict } {
  const { decoder, state } = openDecoder({ outline }, ignoresNested);
  for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
  return { state, verdict: decoder.end({ exitCode }).verdict };
}

function outlineOf(dockerfile: string | undefined): DockerfileOutline | undefined {
  if (dockerfile === undefined) return undefined;
  try {
    return parseDockerfileOutline(dockerfile);
  } catch (error) {
    // The log may be about this very mistake; it is explained without the Dockerfile then.
    if (isKanikitError(error)) return undefined;
    throw error;
  }
}

function reportOf(d: Decoding, verdict: ExecutorVerdict): ExplainReport {
  const names = assignNames(d);
  const { failure } = verdict;
  return {
    schema: 'kanikit.explain/1',
    executor: {
      distribution: d.distribution ?? null,
      version: d.version ?? null,
      // The executor writes colour unless told otherwise; a log without any header shows nothing else.
      logFormat: d.format ?? 'color',
    },
    verdict: {
      outcome: verdict.outcome,
      exitCode: verdict.exitCode ?? null,
      failure: failure
        ? {
            code: failure.code,
            message: failure.message,
            hint: failure.hint ?? '',
            step: failure.step ? { ...failure.step } : null,
          }
        : null,
    },
    stages: d.stages.map((stage) => ({
      index: stage.index,
      name: d.outline?.stages[stage.index] ? (stage.name ?? null) : nameOf(d, names.get(stage), stage.index),
      base: stage.base,
    })),
    steps: stepsOf(d, failure?.step),
    images: verdict.images.map(({ reference, digest }) => ({ reference, digest })),
    lines: { ...d.counts },
  };
}

/** With the step to blame, which the executor may not have begun: it looks up the files of a COPY before it prints the instruction. */
function stepsOf(d: Decoding, blamed: StepPosition | undefined): readonly ExplainedStep[] {
  const steps = d.steps.map(({ stage, index, instruction, cache, outputLines }) => ({
    stage,
    index,
    instruction,
    cache: cache ?? null,
    outputLines,
  }));
  const isThere = steps.some(
    (step) =>
      step.stage === blamed?.stage && step.index === blamed.index && step.instruction === blamed.instruction,
  );
  return blamed === undefined || isThere ? steps : [...steps, { ...blamed, cache: null, outputLines: 0 }];
}

function nameOf(d: Decoding, guessed: string | undefined, index: number): string | null {
  if (!d.stageIndexes) return guessed ?? null;
  for (const [name, at] of d.stageIndexes) if (at === index) return name;
  return null;
}
