import type { CommandId } from './command-id.ts';
import type { Part } from './fit.ts';
import type { ViewState } from './view-state.ts';

interface Binding {
  readonly command: CommandId;
  readonly keys: readonly string[];
  readonly help: string;
  /** Short words for the footer; undefined keeps it out. On a narrow terminal the heaviest stay. */
  readonly footer?: Part;
  /** While the log is open, where it differs; no text keeps it out. */
  readonly footerInLog?: Part;
  readonly modes: readonly ViewState['mode'][];
}

/** One table for handling, footer and help. */
export const bindings: readonly Binding[] = [
  {
    command: 'down',
    keys: ['j', 'down'],
    help: 'next build, or scroll the open log',
    footer: { text: 'j/k move', weight: 5 },
    footerInLog: { text: 'j/k scroll', weight: 5 },
    modes: ['browse'],
  },
  { command: 'up', keys: ['k', 'up'], help: 'previous build, or scroll back', modes: ['browse'] },
  { command: 'first', keys: ['g', 'home'], help: 'first build, or start of the open log', modes: ['browse'] },
  { command: 'last', keys: ['G', 'end'], help: 'last build, or end of the open log', modes: ['browse'] },
  {
    command: 'open',
    keys: ['return', 'l'],
    help: 'open the log',
    footer: { text: 'enter log', weight: 4 },
    footerInLog: { text: '', weight: 0 },
    modes: ['browse'],
  },
  {
    command: 'back',
    keys: ['escape', 'h'],
    help: 'back to the list',
    footerInLog: { text: 'esc back', weight: 8 },
    modes: ['browse'],
  },
  {
    command: 'page-up',
    keys: ['pageup', 'ctrl-b', 'b'],
    help: 'scroll the log back a page',
    footer: { text: 'PgUp/PgDn scroll', weight: 1 },
    modes: ['browse'],
  },
  {
    command: 'page-down',
    keys: ['pagedown', 'ctrl-f', 'space'],
    help: 'scroll the log on a page',
    modes: ['browse'],
  },
  { command: 'half-up', keys: ['ctrl-u'], help: 'scroll the log back half a page', modes: ['browse'] },
  { command: 'half-down', keys: ['ctrl-d'], help: 'scroll the log on half a page', modes: ['browse'] },
  {
    command: 'follow',
    keys: ['s', 'f'],
    help: 'follow the log, or hold it',
    footer: { text: 's follow', weight: 2 },
    modes: ['browse'],
  },
  {
    command: 'cancel',
    keys: ['x'],
    help: 'cancel the selected build (asks)',
    footer: { text: 'x cancel', weight: 3 },
    modes: ['browse'],
  },
  {
    command: 'help',
    keys: ['?'],
    help: 'this help',
    footer: { text: '? help', weight: 9 },
    modes: ['browse'],
  },
  {
    command: 'quit',
    keys: ['q'],
    help: 'cancel all builds and quit (asks)',
    footer: { text: 'q quit', weight: 9 },
    modes: ['browse'],
  },
  {
    command: 'interrupt',
    keys: ['ctrl-c'],
    help: 'cancel and clean up; again: stop waiting; again: exit now',
    modes: ['browse', 'help', 'ask-cancel', 'ask-quit'],
  },
  {
    command: 'suspend',
    keys: ['ctrl-z'],
    help: 'suspend; fg comes back',
    modes: ['browse', 'help', 'ask-cancel', 'ask-quit'],
  },
  { command: 'close-help', keys: ['?', 'escape', 'q', 'return'], help: 'close the help', modes: ['help'] },
  { command: 'yes', keys: ['y'], help: 'yes', modes: ['ask-cancel', 'ask-quit'] },
  { command: 'no', keys: ['n', 'escape', 'q'], help: 'no', modes: ['ask-cancel', 'ask-quit'] },
];

/** The command of a key in a mode. */
export function commandFor(key: string, mode: ViewState['mode']): CommandId | undefined {
  return bindings.find((binding) => binding.modes.includes(mode) && binding.keys.includes(key))?.command;
}
