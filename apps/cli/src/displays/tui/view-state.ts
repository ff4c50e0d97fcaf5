import type { RunState } from '@kanikit/core';
import type { CommandId } from './command-id.ts';

/** What the user looks at. Selection follows the build, not its place. */
export interface ViewState {
  readonly mode: 'browse' | 'help' | 'ask-cancel' | 'ask-quit';
  /** Id of the selected build; undefined selects by itself: the first running one. */
  readonly selected: string | undefined;
  /** True shows the log alone. */
  readonly isLogOpen: boolean;
  /** Number of the log line at the top; undefined follows the newest. */
  readonly logTop: number | undefined;
  /** How often Ctrl-C was pressed. */
  readonly interrupts: number;
}

export const initialView: ViewState = {
  mode: 'browse',
  selected: undefined,
  isLogOpen: false,
  logTop: undefined,
  interrupts: 0,
};

/** The selected build's place: what the user chose, else the first that runs, else the first. */
export function selectedIndex(view: ViewState, { builds, positions }: RunState): number {
  if (view.selected !== undefined) return positions.get(view.selected) ?? 0;
  const running = builds.findIndex((build) => build.outcome === undefined && build.phase !== 'queued');
  return Math.max(0, running);
}

/** The view once a run has gone on: nothing is asked about what has ended or is being cancelled. */
export function settleView(view: ViewState, state: RunState): ViewState {
  const isMoot =
    (view.mode === 'ask-quit' && !canQuit(view, state)) ||
    (view.mode === 'ask-cancel' && !canCancel(view, state));
  return isMoot ? { ...view, mode: 'browse' } : view;
}

/** What a command makes of the view. `pageSize` is the height of the log pane. */
export function reduceView(
  view: ViewState,
  command: CommandId,
  state: RunState,
  pageSize: number,
): ViewState {
  switch (command) {
    case 'down':
      return view.isLogOpen
        ? scroll(view, state, 1, pageSize)
        : select(view, state, selectedIndex(view, state) + 1);
    case 'up':
      return view.isLogOpen
        ? scroll(view, state, -1, pageSize)
        : select(view, state, selectedIndex(view, state) - 1);
    case 'first':
      return view.isLogOpen
        ? scroll(view, state, Number.NEGATIVE_INFINITY, pageSize)
        : select(view, state, 0);
    case 'last':
      return view.isLogOpen ? { ...view, logTop: undefined } : select(view, state, state.builds.length - 1);
    case 'page-down':
      return scroll(view, state, Math.max(1, pageSize - 1), pageSize);
    case 'page-up':
      return scroll(view, state, -Math.max(1, pageSize - 1), pageSize);
    case 'half-down':
      return scroll(view, state, Math.max(1, Math.floor(pageSize / 2)), pageSize);
    case 'half-up':
      return scroll(view, state, -Math.max(1, Math.floor(pageSize / 2)), pageSize);
    case 'follow':
      return view.logTop === undefined
        ? scroll(view, state, 0, pageSize, true)
        : { ...view, logTop: undefined };
    case 'open':
      return { ...view, selected: selectedId(view, state), isLogOpen: true };
    case 'back':
      return { ...view, isLogOpen: false };
    case 'help':
      return { ...view, mode: 'help' };
    case 'cancel':
      return canCancel(view, state)
        ? { ...view, selected: selectedId(view, state), mode: 'ask-cancel' }
        : view;
    case 'quit':
      return canQuit(view, state) ? { ...view, mode: 'ask-quit' } : view;
    case 'yes':
    case 'no':
    case 'close-help':
      return { ...view, mode: 'browse' };
    case 'interrupt':
    case 'suspend':
      return view;
    default:
      command satisfies never;
      return view;
  }
}

export function selectedId(view: ViewState, state: RunState): string | undefined {
  return state.builds[selectedIndex(view, state)]?.id;
}

function canCancel(view: ViewState, state: RunState): boolean {
  const build = state.builds[selectedIndex(view, state)];
  return view.interrupts === 0 && build !== undefined && build.outcome === undefined;
}

/** Asking again while builds are being cancelled would count as a second Ctrl-C, which leaves them behind. */
function canQuit(view: ViewState, state: RunState): boolean {
  return view.interrupts === 0 && !isOver(state);
}

/** Whether all builds have ended: there is nothing left to cancel. */
export function isOver({ builds }: RunState): boolean {
  return builds.length > 0 && builds.every((build) => build.outcome !== undefined);
}

function select(view: ViewState, state: RunState, index: number): ViewState {
  const build = state.builds[Math.max(0, Math.min(index, state.builds.length - 1))];
  return { ...view, selected: build?.id, logTop: build?.id === view.selected ? view.logTop : undefined };
}

/** Scrolling up stops following; reaching the end follows again, unless told to stay. */
function scroll(view: ViewState, state: RunState, by: number, pageSize: number, isPinned = false): ViewState {
  const build = state.builds[selectedIndex(view, state)];
  if (build === undefined) return view;
  const { first, total } = build.log;
  const lastTop = Math.max(first, total - pageSize);
  const top = Math.max(first, Math.min((view.logTop ?? lastTop) + by, lastTop));
  const isAtEnd = top >= lastTop && !isPinned;
  return { ...view, selected: build.id, logTop: isAtEnd ? undefined : top };
}
