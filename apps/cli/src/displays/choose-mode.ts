import { parseBoolean } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { Io } from '../io.ts';

export type ProgressMode = 'tui' | 'plain' | 'json' | 'quiet';

const modes: readonly string[] = ['auto', 'tui', 'plain', 'json', 'quiet'];

/** The smallest terminal the dashboard makes sense on. */
const leastTerminal = { columns: 60, rows: 12 } as const;

export interface ModeChoice {
  readonly progress: string | undefined;
  readonly quiet: boolean | undefined;
  /** True when the context or Dockerfile comes from standard input, so keys can't. */
  readonly isStdinUsed: boolean;
}

/**
 * How to show a run. `KANIKIT_PROGRESS` replaces `auto` only; `auto` is the dashboard on a large enough terminal outside of CI, else plain.
 *
 * @throws KanikitError `usage` for `tui` without a terminal
 */
export function chooseMode({ progress, quiet, isStdinUsed }: ModeChoice, io: Io): ProgressMode {
  if (quiet === true) return 'quiet';
  const isExplicit = progress !== undefined && progress !== 'auto';
  const wanted = isExplicit ? progress : io.env.KANIKIT_PROGRESS || 'auto';
  if (!modes.includes(wanted))
    throw usageError(`KANIKIT_PROGRESS takes ${modes.join(', ')}; got ${quoted(wanted)}.`);
  if (wanted === 'auto') return isDashboardFine(io, isStdinUsed) ? 'tui' : 'plain';
  if (wanted !== 'tui') return wanted as ProgressMode;
  if (!isTerminal(io) || isStdinUsed) {
    const reason = isStdinUsed ? 'standard input is the context or the Dockerfile' : 'there is none here';
    throw usageError(`The dashboard needs a terminal, and ${reason}.`, 'Use --progress plain.');
  }
  return isLargeEnough(io) ? 'tui' : 'plain';
}

function isDashboardFine(io: Io, isStdinUsed: boolean): boolean {
  const { CI, TERM, INK_SCREEN_READER } = io.env;
  const isCi = CI !== undefined && CI !== '' && parseBoolean(CI) !== false;
  const isPlain = isCi || TERM === 'dumb' || INK_SCREEN_READER === 'true' || isStdinUsed;
  return !isPlain && isTerminal(io) && isLargeEnough(io);
}

function isTerminal({ stdin, stdout, stderr }: Io): boolean {
  return stdin.isTTY && stdout.isTTY && stderr.isTTY;
}

/** A terminal that does not tell its size (or tells nonsense) counts as 80 by 24. */
function isLargeEnough({ stdout }: Io): boolean {
  const { columns, rows } = terminalSize(stdout);
  return columns >= leastTerminal.columns && rows >= leastTerminal.rows;
}

/** Columns and rows; some pseudo terminals say 0. */
export function terminalSize(stream: { readonly columns?: number; readonly rows?: number }): {
  readonly columns: number;
  readonly rows: number;
} {
  return { columns: stream.columns || 80, rows: stream.rows || 24 };
}

/** Columns that text for people is wrapped at; undefined for a file or a pipe, where a line stays one. */
export function terminalWidth(stream: {
  readonly isTTY?: boolean;
  readonly columns?: number;
}): number | undefined {
  return stream.isTTY === true ? terminalSize(stream).columns : undefined;
}
