import { type BuildState, type LogEntry, logSlice } from '@kanikit/core';
import { noColors } from '../../text/colors.ts';
import { oneLine, printable, printableOutput } from '@kanikit/toolkit/text';
import { plural } from '../../text/units.ts';
import { failureLines } from '../summary.ts';
import { cut, leftRight, wrap } from './fit.ts';
import type { Theme } from './theme.ts';

/** Title of the log: build, instruction, whether it follows, how many lines. */
export function logTitle(build: BuildState, isFollowing: boolean, width: number, { colors }: Theme): string {
  const { position, log } = build;
  const step = position.instruction === undefined ? '' : `  ${oneLine(position.instruction)}`;
  const state = isFollowing ? 'FOLLOW' : 'HELD';
  return colors.inverse(
    leftRight(` ${printable(build.name)}${step}`, `${state}  ${plural(log.total, 'line')} `, width),
  );
}

/** The log from line `top` on (undefined: its end), in exactly `height` rows; why a build failed or waits stands below it. */
export function logRows(
  build: BuildState,
  top: number | undefined,
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): readonly string[] {
  const { width, height } = size;
  if (height <= 0) return [];
  const reason = top === undefined ? reasonRows(build, width, height, theme) : [];
  const room = height - reason.length;
  const from = Math.max(build.log.first, top ?? build.log.total - room);
  const lines = logSlice(build.log, from, from + room).map((entry) => logRow(entry, width, theme));
  const rows = [...lines, ...reason];
  if (rows.length === 0)
    rows.push(theme.colors.faint(cut(build.outcome === undefined ? 'no output yet' : 'no output', width)));
  return [...rows, ...Array.from({ length: height - rows.length }, () => '')];
}

function logRow({ text, source }: LogEntry, width: number, { colors }: Theme): string {
  const shown = cut(source === 'output' ? printableOutput(text) : oneLine(text), width);
  switch (source) {
    case 'output':
      return shown;
    case 'warning':
      return colors.warn(shown);
    case 'error':
    case 'fatal':
    case 'panic':
      return colors.bad(shown);
    case 'notice':
      return colors.busy(shown);
    default:
      return colors.faint(shown);
  }
}

/** Why a build failed or waits: in at most half of the pane where the other half has a log to show. */
function reasonRows(build: BuildState, width: number, height: number, theme: Theme): readonly string[] {
  const rows =
    build.outcome === 'failed' ? failureRows(build, width, theme) : waitingRows(build, width, theme);
  return rows.slice(0, build.log.total === 0 ? height : Math.max(1, Math.floor(height / 2)));
}

function failureRows(build: BuildState, width: number, { colors }: Theme): readonly string[] {
  const lines = failureLines(build, new Set(), noColors).filter((line) => !line.startsWith('| '));
  return lines.flatMap((line) => wrap(line, width)).map(colors.bad);
}

/** What a build waits for, and what to do about it, where that is known. */
function waitingRows({ waiting, outcome }: BuildState, width: number, { colors }: Theme): string[] {
  if (waiting === undefined || outcome !== undefined) return [];
  const { reason, message = '', hint } = waiting;
  // Words of Kubernetes can be looked up; those of kanikit only repeat the message.
  const isOurs = ourReasons.has(reason) && message !== '';
  const why = isOurs ? message : [reason, message].filter(Boolean).join(': ');
  return [
    ...wrap(oneLine(`waiting: ${why}`), width).map(colors.warn),
    ...(hint === undefined ? [] : wrap(oneLine(`hint: ${hint}`), width)),
  ];
}

const ourReasons: ReadonlySet<string> = new Set(['concurrency', 'quota', 'retry']);
