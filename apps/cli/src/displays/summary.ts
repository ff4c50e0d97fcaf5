import { type BuildState, countBuilds, logTail, type RunState } from '@kanikit/core';
import type { Colors } from '../text/colors.ts';
import { oneLine, printable, printableOutput } from '@kanikit/toolkit/text';
import { formatDuration, plural } from '../text/units.ts';
import { stepLine } from './step-line.ts';

/** Lines of a failed build's log that are worth printing again. */
const failureLogLines = 10;

/** Warnings of a build that are worth printing again. */
const shownWarnings = 3;

/** What stays on the screen when a run has ended: totals, then a block per build, failed ones last where the eye is. */
export function summaryLines(state: RunState, colors: Colors): string[] {
  const builds = [...state.builds].sort((left, right) => rank(left) - rank(right));
  const width = Math.max(0, ...builds.map((build) => printable(build.name).length));
  const told = new Set<string>();
  return [headline(state, colors), ...builds.flatMap((build) => buildLines(build, width, told, colors))];
}

function rank(build: BuildState): number {
  return ['succeeded', 'detached', 'cancelled', undefined, 'failed'].indexOf(build.outcome);
}

function headline(state: RunState, colors: Colors): string {
  const { succeeded, failed, cancelled, detached, queued, running } = countBuilds(state);
  const open = queued + running;
  const parts = [
    state.isSimulated ? colors.warn('SIMULATED') : '',
    succeeded > 0 ? colors.good(`${succeeded} built`) : detached > 0 ? '' : `${succeeded} built`,
    failed > 0 ? colors.bad(`${failed} failed`) : '',
    cancelled > 0 ? colors.warn(`${cancelled} cancelled`) : '',
    detached > 0 ? colors.busy(`${detached} detached`) : '',
    open > 0 ? colors.warn(`${open} not ended`) : '',
  ];
  const ended = state.durationMs ?? spent(state.startedAtMs, state.endedAtMs ?? state.lastEventAtMs);
  return `${parts.filter((part) => part !== '').join(', ')} in ${formatDuration(ended)}`;
}

function buildLines(build: BuildState, width: number, told: Set<string>, colors: Colors): string[] {
  const name = printable(build.name).padEnd(width);
  const ms = build.durationMs ?? spent(build.startedAtMs, build.endedAtMs);
  const time = formatDuration(ms);
  const warnings = build.warningCount > 0 ? [`  ${plural(build.warningCount, 'warning')}`] : [];
  const rest = (): string[] => [
    ...warningLines(build, told, colors).map(indent),
    ...build.cleanup.problems.map(
      ({ target, message }) =>
        `       left behind: ${printable(target)}${message === undefined ? '' : `: ${oneLine(message)}`}`,
    ),
  ];
  switch (build.outcome) {
    case 'succeeded':
      return [
        `${colors.good('ok    ')} ${name}  ${imageOf(build)}  ${time}${cacheOf(build)}${attemptsText(build)}${warnings.join('')}`,
        ...rest(),
      ];
    case 'failed':
      return [
        `${colors.bad('FAILED')} ${name}  ${time}${attemptsText(build)}`,
        ...failureLines(build, told, colors).map(indent),
        ...rest(),
      ];
    case 'cancelled':
      return [`${colors.warn('cancel')} ${name}  ${time}${cancelText(build)}`, ...rest()];
    case 'detached':
      return [`${colors.busy('detach')} ${name}  ${goesOnText(build)}`, ...rest()];
    default:
      return [`${colors.warn('open  ')} ${name}  has not ended`, ...rest()];
  }
}

/** The last warnings, each once in a summary: a dashboard takes its own words with it. */
function warningLines({ notices, warningCount }: BuildState, told: Set<string>, colors: Colors): string[] {
  const warnings = notices.filter(({ level, message }) => level === 'warning' && !told.has(message));
  const shown = [...new Set(warnings.map(({ message }) => message))].slice(-shownWarnings);
  for (const message of shown) told.add(message);
  const lines = shown.map((message) => colors.warn(`warning: ${oneLine(message)}`));
  const hidden = warningCount - shown.length;
  return hidden > 0 && lines.length === shownWarnings ? [`… and ${hidden} more`, ...lines] : lines;
}

/** `goes on in the cluster as api-1a2b3c, pod ci/kanikit-api-1a2b3c`. */
function goesOnText({ id, pod }: BuildState): string {
  const place = pod === undefined ? '' : `, pod ${printable(`${pod.namespace}/${pod.name}`)}`;
  return `goes on in the cluster as ${printable(id)}${place}`;
}

/** `, on attempt 2 after node-lost`: only where there was more than one. */
export function attemptsText({ retries, outcome }: BuildState): string {
  const last = retries.at(-1);
  if (last === undefined) return '';
  const codes = [...new Set(retries.map(({ code }) => code))].map(printable).join(', ');
  const word = outcome === 'succeeded' ? 'succeeded on' : 'ended on';
  return `, ${word} attempt ${last.attempt} after ${codes}`;
}

/** `: build api failed`: why it was cancelled. */
export function cancelText({ cancelReason }: BuildState): string {
  return cancelReason === undefined ? '' : `: ${oneLine(cancelReason)}`;
}

/** Why a build failed: the message, the place, the lines that matter, what to do next. */
export function failureLines(build: BuildState, told: Set<string>, colors: Colors): string[] {
  const { failure } = build;
  if (failure === undefined) return ['no reason is known'];
  const messages = failure.message.split('\n').map(printable);
  if (told.has(failure.message)) return [messages[0] ?? ''];
  told.add(failure.message);
  const step =
    failure.step === undefined
      ? []
      : [`at ${printable(stepLine(build.outline, failure.step))}${oneLine(failure.step.instruction)}`];
  const tail = failure.lines.length > 0 ? failure.lines : tailOf(build);
  return [
    ...messages.map(colors.bad),
    ...step,
    ...tail.map((line) => colors.faint('| ') + printableOutput(line)),
    ...(failure.hint === undefined ? [] : failure.hint.split('\n').map((line) => `hint: ${printable(line)}`)),
    ...(build.logFile === undefined ? [] : [`full log: ${printable(build.logFile)}`]),
  ];
}

function tailOf(build: BuildState): string[] {
  if (build.pod === undefined) return [];
  const lines = logTail(build.log, failureLogLines);
  return lines.filter(({ source }) => source !== 'notice').map(({ text }) => text);
}

/** What a build that succeeded made: the pushes that are confirmed, else the image alone. */
export function imageOf(build: BuildState): string {
  const { images, digest } = build;
  const [first] = images;
  if (first === undefined) {
    const what = isUnconfirmed(build) ? 'the push is not confirmed' : 'not pushed';
    return digest === undefined ? `built, ${what}` : `${printable(digest)}, ${what}`;
  }
  const more = images.length > 1 ? ` (+${images.length - 1} more)` : '';
  return `${printable(first.reference)}@${printable(first.digest)}${more}`;
}

/** True where the log of a build that succeeded does not confirm all that it was to push. */
export function isUnconfirmed({ notices }: Pick<BuildState, 'notices'>): boolean {
  return notices.some(({ code }) => code === 'push-unconfirmed');
}

/** `  6/9 cached`: only where the cache was asked. */
export function cacheOf({ steps }: BuildState): string {
  const asked = steps.filter((step) => step.cache !== undefined);
  const hits = asked.filter((step) => step.cache === 'hit');
  return asked.length === 0 ? '' : `  ${hits.length}/${asked.length} cached`;
}

function spent(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : to - from;
}

function indent(line: string): string {
  return `       ${line}`;
}
