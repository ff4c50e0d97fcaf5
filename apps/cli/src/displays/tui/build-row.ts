import type { BuildState } from '@kanikit/core';
import { oneLine, printable } from '@kanikit/toolkit/text';
import { formatClock } from '../../text/units.ts';
import { activityText, isDelivering } from '../activity.ts';
import { cacheOf, isUnconfirmed } from '../summary.ts';
import { cut, cutMiddle, fit } from './fit.ts';
import { stateOf, type Theme } from './theme.ts';

export interface RowLayout {
  readonly width: number;
  /** Columns of the name. */
  readonly nameWidth: number;
  readonly nowMs: number;
  readonly isSelected: boolean;
}

const wordWidth = 9;
const timeWidth = 7;
const placeWidth = 15;

/** One build in exactly `width` columns. Columns leave as it gets narrower: first the place, then the text; name, state and time stay. */
export function buildRow(build: BuildState, layout: RowLayout, theme: Theme): string {
  const { width, nameWidth, nowMs, isSelected } = layout;
  const { glyph, word, paint } = stateOf(build, theme);
  const pointer = isSelected ? theme.glyphs.pointer : ' ';
  const name = fit(cutMiddle(printable(build.name), nameWidth), nameWidth);
  const time = timeOf(build, nowMs).padStart(timeWidth);
  const fixed = 2 + 2 + nameWidth + 2 + wordWidth + 1 + timeWidth;
  const room = width - fixed;
  // Where there is no place, what it waits for, how far a context is and why it failed take its room.
  const where = room >= placeWidth + 20 && !isDelivering(build) ? placeOf(build) : '';
  const place = where === '' ? '' : fit(where, placeWidth);
  const textWidth = Math.max(0, room - place.length - 1);
  const text = textWidth > 0 ? `${fit(textOf(build), textWidth)} ` : ' '.repeat(Math.max(0, room));
  const label = isSelected ? theme.colors.strong(name) : name;
  return `${pointer} ${paint(glyph)} ${label}  ${paint(fit(word, wordWidth))} ${theme.colors.faint(place)}${text}${time}`;
}

/** `stage 2/3 5/12`. */
function placeOf({ position, outcome, waiting }: BuildState): string {
  const { stageNumber, stageTotal, overallNumber, overallTotal } = position;
  if (outcome !== undefined || waiting !== undefined || stageNumber === undefined) return '';
  const stage = stageTotal === undefined ? `st ${stageNumber}` : `st ${stageNumber}/${stageTotal}`;
  if (overallNumber === undefined) return stage;
  return `${stage} ${overallNumber}${overallTotal === undefined ? '' : `/${overallTotal}`}`;
}

function textOf(build: BuildState): string {
  switch (build.outcome) {
    case 'succeeded':
      return `${cut(printable(build.digest ?? ''), 19)}${isUnconfirmed(build) ? '  push not confirmed' : ''}${cacheOf(build)}`;
    case 'failed': {
      const { failure, exitCode } = build;
      const what = failure?.step?.instruction ?? failure?.message ?? 'no reason is known';
      const code = failure?.step !== undefined && exitCode !== undefined ? `exit ${exitCode}: ` : '';
      return `${code}${oneLine(what)}`;
    }
    case 'cancelled':
      return oneLine(build.cancelReason ?? '');
    default:
      // The word beside it says that it waits.
      return activityText(build).replace(/^(attempt \d+: )?waiting: /, '$1');
  }
}

/** Whole seconds since the build left the queue, or as long as it took. */
function timeOf(build: BuildState, nowMs: number): string {
  if (build.durationMs !== undefined) return formatClock(build.durationMs);
  return build.startedAtMs === undefined ? '' : formatClock(nowMs - build.startedAtMs);
}
