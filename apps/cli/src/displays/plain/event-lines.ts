import type { BuildState, RunState } from '@kanikit/core';
import type { BuildEndEvent, BuildEvent, BuildRetryEvent, BuildWaitEvent, KanikitEvent } from '@kanikit/spec';
import type { Colors } from '../../text/colors.ts';
import { oneLine, printable, printableOutput } from '@kanikit/toolkit/text';
import { formatDuration } from '../../text/units.ts';
import { phaseText } from '../activity.ts';
import { packedText, uploadedText } from '../amounts.ts';
import { attemptsText, cancelText, failureLines, imageOf } from '../summary.ts';

/** A phase of the executor that took longer than this is worth a line at its end. */
const longPhaseMs = 1_000;

/** What plain output says about an event of a build, before its prefix; nothing for most progress. `before` is the state without it. */
export function buildEventLines(
  event: KanikitEvent & BuildEvent,
  build: BuildState,
  before: BuildState | undefined,
  colors: Colors,
): readonly string[] {
  switch (event.type) {
    case 'output':
      return [printableOutput(event.text)];
    case 'build-wait':
      return waitLines(event, before, colors);
    case 'context-pack':
      return event.isDone && build.packing !== undefined ? [`packed ${packedText(build.packing)}`] : [];
    case 'context-upload':
      if (!event.isDone || build.upload === undefined) return [];
      return [uploadedText(build.upload)];
    case 'pod-create':
      return [
        `pod ${printable(event.namespace)}/${printable(event.pod)} created, executor ${printable(event.image)}`,
      ];
    case 'pod-schedule':
      return [`pod is on node ${printable(event.node)}`];
    case 'pod-pull':
      return [`pulling executor ${printable(event.image)}`];
    case 'pod-start':
      return ['executor started'];
    case 'pod-end':
      return event.cause === 'completed' ? [] : [`executor ended: ${podEnd(event)}`];
    case 'build-phase':
      // A short build has ended before its log was read: its last words come first.
      return event.phase === 'settling' && build.pod?.cause === 'completed'
        ? [`executor ended: ${podEnd(build.pod)}`]
        : [];
    case 'stage-start':
      return [colors.strong(stageTitle(build))];
    case 'step-start':
      return [colors.strong(oneLine(event.instruction))];
    case 'step-end':
      return stepEnd(event.outcome, build, event, colors);
    case 'phase-start':
      return phaseStart(event.phase, event.detail, build);
    case 'phase-end': {
      const began = before?.activities.find((activity) => activity.phase === event.phase);
      const ms = began === undefined ? 0 : Date.parse(event.time) - began.sinceMs;
      return ms > longPhaseMs ? [colors.faint(`${phaseText(event.phase)} took ${formatDuration(ms)}`)] : [];
    }
    case 'log': {
      if (isSerious(event.level)) return lines(colors.warn, `${event.level}: ${event.message}`, undefined);
      return event.isRecognized ? [] : event.message.split('\n').map(printable);
    }
    case 'retry':
      return lines(
        colors.warn,
        `tries again in ${formatDuration(event.delayMs)}: ${event.reason}`,
        undefined,
      );
    case 'push-start':
      return [`pushing ${printable(event.reference)}`];
    case 'push-end':
      return event.isImmutableIgnored
        ? lines(
            colors.warn,
            `kept ${event.reference}: the registry does not let the tag be overwritten`,
            undefined,
          )
        : [`pushed ${printable(event.reference)}@${printable(event.digest)}`];
    case 'notice':
      return event.level === 'warning'
        ? lines(colors.warn, `warning: ${event.message}`, event.hint)
        : lines(String, event.message, event.hint);
    case 'cleanup':
      if (event.outcome !== 'failed') return [];
      return lines(
        colors.bad,
        `cleanup failed, left behind: ${event.target}: ${event.message ?? ''}`,
        undefined,
      );
    case 'build-retry':
      return retryLines(event, colors);
    case 'build-end':
      return buildEnd(event, build, colors);
    default:
      return [];
  }
}

/** What plain output says about the run itself. */
export function runEventLines(event: KanikitEvent, state: RunState, colors: Colors): readonly string[] {
  if (event.type === 'run-cancel') return [colors.warn(`stopping: ${printable(event.reason)}`)];
  if (event.type !== 'run-start') return [];
  const { kind, name, namespace } = event.cluster;
  const where = printable(kind === name ? `${name}/${namespace}` : `${kind} ${name}/${namespace}`);
  const names = state.builds.map((build) => printable(build.name)).join(', ');
  return [
    ...(event.isSimulated ? [colors.warn('SIMULATED: recorded builds are played, nothing is built')] : []),
    `run ${printable(event.run)} on ${where}: ${names}`,
  ];
}

/** Waiting is told once for each reason and message. */
function waitLines(
  { reason, message, hint }: BuildWaitEvent,
  before: BuildState | undefined,
  colors: Colors,
): readonly string[] {
  const known = before?.waiting;
  if (reason === undefined || (known?.reason === reason && known.message === message)) return [];
  return lines(colors.warn, `waiting: ${message === undefined || message === '' ? reason : message}`, hint);
}

function retryLines(event: BuildRetryEvent, colors: Colors): readonly string[] {
  const { attempt, attempts, code, message, delayMs, logFile } = event;
  return [
    ...lines(colors.warn, `attempt ${attempt - 1} of ${attempts} failed (${code}): ${message}`, undefined),
    colors.warn(`tries again in ${formatDuration(delayMs)}: attempt ${attempt} of ${attempts}`),
    ...(logFile === undefined ? [] : [`log of the failed attempt: ${printable(logFile)}`]),
  ];
}

function podEnd({
  cause = 'unknown',
  exitCode,
  reason,
}: {
  readonly cause: string | undefined;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
}): string {
  const code = exitCode === undefined ? '' : `exit code ${exitCode}`;
  if (cause === 'completed') return code === '' ? 'completed' : code;
  return [printable(cause), reason === undefined ? '' : `(${printable(reason)})`, code]
    .filter(Boolean)
    .join(' ');
}

function stageTitle({ position }: BuildState): string {
  const { stageNumber, stageTotal, stageName, base } = position;
  const count = stageTotal === undefined ? `stage ${stageNumber ?? 1}` : `stage ${stageNumber}/${stageTotal}`;
  const name = stageName === undefined ? '' : ` ${printable(stageName)}`;
  return `${count}${name} FROM ${printable(base ?? '?')}`;
}

function stepEnd(
  outcome: 'done' | 'cached' | 'failed',
  build: BuildState,
  { stage, step }: { readonly stage: number; readonly step: number },
  colors: Colors,
): readonly string[] {
  const ended = build.steps.findLast((candidate) => candidate.stage === stage && candidate.step === step);
  const took = formatDuration(ended?.durationMs ?? 0);
  if (outcome === 'cached') return [colors.good('CACHED')];
  return [outcome === 'done' ? colors.good(`done in ${took}`) : colors.bad(`step failed after ${took}`)];
}

/** Running an instruction needs no line of its own: its step has just been named. */
function phaseStart(phase: string, detail: string | undefined, build: BuildState): readonly string[] {
  const isNamed = (phase === 'run' || phase === 'copy') && build.position.step !== undefined;
  // A push is told by its own events.
  if (isNamed || phase === 'cache-lookup' || phase === 'push') return [];
  const what = detail === undefined ? '' : ` ${oneLine(detail)}`;
  return [`${phaseText(phase)}${what}`];
}

function buildEnd(event: BuildEndEvent, build: BuildState, colors: Colors): readonly string[] {
  const took = formatDuration(event.durationMs);
  switch (event.outcome) {
    case 'succeeded': {
      const images = event.images.map((image) => `${printable(image.reference)}@${printable(image.digest)}`);
      const built = images.join(' ') || imageOf(build);
      return [colors.good(`BUILT ${built} in ${took}${attemptsText(build)}`)];
    }
    case 'failed':
      return [
        colors.bad(`FAILED in ${took}${attemptsText(build)}`),
        ...failureLines(build, new Set(), colors),
      ];
    case 'detached':
      return [colors.busy(`DETACHED after ${took}`)];
    default:
      return [colors.warn(`CANCELLED after ${took}${cancelText(build)}`)];
  }
}

function isSerious(level: string): boolean {
  return level === 'warning' || level === 'error' || level === 'fatal' || level === 'panic';
}

function lines(paint: (text: string) => string, text: string, hint: string | undefined): readonly string[] {
  const hints = hint === undefined ? [] : hint.split('\n').map((line) => `hint: ${printable(line)}`);
  return [...text.split('\n').map((line) => paint(printable(line))), ...hints];
}
