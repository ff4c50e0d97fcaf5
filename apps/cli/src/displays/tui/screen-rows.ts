import { countBuilds, type RunState } from '@kanikit/core';
import { printable } from '@kanikit/toolkit/text';
import { formatClock, plural } from '../../text/units.ts';
import { buildRow } from './build-row.ts';
import { cut, joinFitting, leftRight, type Part, widthOf } from './fit.ts';
import { bindings } from './keymap.ts';
import { logRows, logTitle } from './log-pane.ts';
import type { Theme } from './theme.ts';
import { isOver, selectedIndex, type ViewState } from './view-state.ts';

export interface Viewport {
  readonly columns: number;
  readonly rows: number;
}

export interface Frame {
  /** At most `rows - 1` rows of at most `columns` columns. */
  readonly rows: readonly string[];
  /** Height of the log pane. */
  readonly logHeight: number;
}

/** Names longer than this are cut in the middle. */
const longestName = 28;

/** The whole screen. Pure: the same state gives the same rows. */
export function screenFrame(
  state: RunState,
  view: ViewState,
  viewport: Viewport,
  theme: Theme,
  nowMs: number,
): Frame {
  const width = Math.max(20, viewport.columns);
  const height = Math.max(1, viewport.rows - 1);
  const top = [headerRow(state, view, width, theme, nowMs), ruleRow(width, theme)];
  const footer = footerRow(state, view, width, theme);
  const body = Math.max(0, height - top.length - 1);
  const middle =
    view.mode === 'help' ? helpRows(width, body) : bodyRows(state, view, width, body, theme, nowMs);
  const logHeight = Math.max(0, body - listHeight(state, view, body) - 1);
  // On a terminal too low for everything the footer, which may be asking, stays.
  const rows = [...[...top, ...middle].slice(0, height - 1), footer];
  return { rows, logHeight };
}

function headerRow(
  state: RunState,
  view: ViewState,
  width: number,
  { colors }: Theme,
  nowMs: number,
): string {
  const where =
    state.cluster === undefined ? '' : printable(`${state.cluster.name}/${state.cluster.namespace}`);
  const brand = state.isSimulated ? ' kanikit SIMULATED' : ' kanikit';
  const clock = `  ${formatClock((state.endedAtMs ?? nowMs) - (state.startedAtMs ?? nowMs))} `;
  // SIMULATED must survive any width: everything else gives way to it, the clock last.
  const room = width - brand.length;
  const counts = joinFitting(headerParts(state, view), Math.max(0, room - clock.length - 2));
  return colors.strong(`${brand}${leftRight(`  ${where}`, `${counts}${clock}`, room)}`);
}

/** How many builds are where: what went wrong and what goes on stay longest. */
function headerParts(state: RunState, view: ViewState): readonly Part[] {
  const { queued, running, succeeded, failed, cancelled } = countBuilds(state);
  const waiting = state.builds.filter(
    ({ outcome, phase, waiting: reason }) =>
      outcome === undefined && phase !== 'queued' && reason !== undefined,
  ).length;
  const isCancelling = running + queued > 0 && (view.interrupts > 0 || state.cancel !== undefined);
  const count = (of: number, word: string, weight: number): readonly Part[] =>
    of > 0 ? [{ text: `${of} ${word}`, weight }] : [];
  return [
    ...(isCancelling ? [{ text: 'cancelling …', weight: 9 }] : []),
    { text: plural(state.builds.length, 'build'), weight: 1 },
    ...count(running - waiting, 'running', 5),
    ...count(waiting, 'waiting', 5),
    ...count(queued, 'queued', 2),
    ...count(succeeded, 'built', 4),
    ...count(failed, 'failed', 6),
    ...count(cancelled, 'cancelled', 3),
  ];
}

function bodyRows(
  state: RunState,
  view: ViewState,
  width: number,
  height: number,
  theme: Theme,
  nowMs: number,
): readonly string[] {
  const index = selectedIndex(view, state);
  const build = state.builds[index];
  if (build === undefined) return [' starting', ...blanks(height - 1)];
  const listed = listHeight(state, view, height);
  const list = listRows(state, index, { width, height: listed }, theme, nowMs);
  const logHeight = height - listed - 1;
  if (logHeight < 0) return list;
  const title = logTitle(build, view.logTop === undefined, width, theme);
  return [...list, title, ...logRows(build, view.logTop, { width, height: logHeight }, theme)];
}

/** Rows of the list: all builds if they fit into half of the body; none while the log is open. */
function listHeight({ builds }: RunState, { isLogOpen }: ViewState, body: number): number {
  if (isLogOpen) return 0;
  return Math.min(builds.length, Math.max(1, Math.floor((body - 1) / 2)));
}

/** Only the visible builds are drawn; what is hidden above and below is said. */
function listRows(
  { builds }: RunState,
  selected: number,
  { width, height }: { readonly width: number; readonly height: number },
  theme: Theme,
  nowMs: number,
): readonly string[] {
  if (height <= 0) return [];
  const first = Math.max(0, Math.min(selected - Math.floor(height / 2), builds.length - height));
  const shown = builds.slice(first, first + height);
  const longest = Math.max(...builds.map((build) => widthOf(printable(build.name))));
  const nameWidth = Math.min(longest, longestName, Math.max(6, Math.floor(width / 4)));
  const rows = shown.map((build, offset) =>
    buildRow(build, { width, nameWidth, nowMs, isSelected: first + offset === selected }, theme),
  );
  const below = builds.length - first - height;
  if (first > 0 && selected !== first && height > 2) rows[0] = hidden(first + 1, 'above', width, theme);
  if (below > 0 && selected !== first + height - 1 && height > 2) {
    rows[height - 1] = hidden(below + 1, 'below', width, theme);
  }
  return rows;
}

function hidden(count: number, where: string, width: number, { colors }: Theme): string {
  return colors.faint(cut(`    … ${count} more ${where}`, width));
}

function footerRow(state: RunState, view: ViewState, width: number, { colors }: Theme): string {
  const build = state.builds[selectedIndex(view, state)];
  switch (view.mode) {
    case 'ask-cancel':
      return colors.warn(cut(` Cancel ${printable(build?.name ?? '')}?  y yes  n no`, width));
    case 'ask-quit':
      return colors.warn(cut(' Cancel all builds, clean up and quit?  y yes  n no', width));
    case 'help':
      return cut(' ? close help', width);
    default:
  }
  if (view.interrupts > 0) {
    const { running, queued } = countBuilds(state);
    const what = isOver(state) ? 'Ending' : `Cancelling ${running + queued} and cleaning up`;
    return colors.warn(cut(` ${what} … Ctrl-C again stops waiting`, width));
  }
  const keys = bindings.flatMap(({ footer, footerInLog = footer }) => {
    const part = view.isLogOpen ? footerInLog : footer;
    return part === undefined || part.text === '' ? [] : [part];
  });
  return colors.faint(` ${joinFitting(keys, width - 1)}`);
}

function helpRows(width: number, height: number): readonly string[] {
  const all = bindings
    .filter((binding) => binding.modes.includes('browse'))
    .map(({ keys, help }) => cut(` ${keys.join(', ').padEnd(22)} ${help}`, width));
  if (all.length <= height) return [...all, ...blanks(height - all.length)];
  const shown = all.slice(0, Math.max(0, height - 1));
  return [...shown, cut(` … ${all.length - shown.length} more keys: make the terminal taller`, width)];
}

function ruleRow(width: number, { glyphs, colors }: Theme): string {
  return colors.faint(glyphs.rule.repeat(width));
}

function blanks(count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => '');
}
