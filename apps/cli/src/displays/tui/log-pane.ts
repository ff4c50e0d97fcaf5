import { type BuildState, type LogEntry, logSlice } from '@kanikit/core';
import { noColors } from '../../text/colors.ts';
import { printable } from '../../text/printable.ts';
import { plural } from '../../text/units.ts';
import { failureLines } from '../summary.ts';
import { cut, leftRight } from './fit.ts';
import type { Theme } from './theme.ts';

/** Title of the log: build, instruction, whether it follows, how many lines. */
export function logTitle(build: BuildState, isFollowing: boolean, width: number, { colors }: Theme): string {
  const { position, log } = build;
  const step =
    position.instruction === undefined ? '' : `  ${printable(position.instruction.replaceAll('\n', ' '))}`;
  const state = isFollowing ? 'FOLLOW' : 'HELD';
  return colors.inverse(
    leftRight(` ${printable(build.name)}${step}`, `${state}  ${plural(log.total, 'line')} `, width),
  );
}

/** The log from line `top` on (undefined: its end), in exactly `height` rows; of a failed build the reason stands below it. */
export function logRows(
  build: BuildState,
  top: number | undefined,
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): readonly string[] {
  const { width, height } = size;
  if (height <= 0) return [];
  const reason =
    top === undefined && build.outcome === 'failed' ? failureRows(build, width, height, theme) : [];
  const room = height - reason.length;
  const from = Math.max(build.log.first, top ?? build.log.total - room);
  const lines = logSlice(build.log, from, from + room).map((entry) => logRow(entry, width, theme));
  const rows = [...lines, ...reason];
  if (rows.length === 0) rows.push(...quietRows(build, width, theme).slice(0, height));
  return [...rows, ...Array.from({ length: height - rows.length }, () => '')];
}

function logRow({ text, source }: LogEntry, width: number, { colors }: Theme): string {
  const shown = cut(printable(text.replaceAll('\n', ' ')), width);
  switch (source) {
    case 'output':
      return shown;
    case 'warning':
      return colors.warn(shown);
    case 'error':
    case 'fatal':
    case 'panic':
      return colors.bad(shown);
    default:
      return colors.faint(shown);
  }
}

/** The reason in at most half of the pane. */
function failureRows(build: BuildState, width: number, height: number, { colors }: Theme): readonly string[] {
  const lines = failureLines(build, new Set(), noColors).filter((line) => !line.startsWith('| '));
  return lines.slice(0, Math.max(1, Math.floor(height / 2))).map((line) => colors.bad(cut(line, width)));
}

/** What to say while there is no output: what the build waits for and what to do about it, where that is known. */
function quietRows({ waiting }: BuildState, width: number, theme: Theme): string[] {
  if (waiting === undefined) return [theme.colors.faint(cut('no output yet', width))];
  const lines = [`waiting: ${waiting.message ?? waiting.reason}`];
  if (waiting.hint !== undefined) lines.push(`hint: ${waiting.hint}`);
  return lines.map((line) => cut(printable(line.replaceAll('\n', ' ')), width));
}
