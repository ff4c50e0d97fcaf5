import type { BuildState } from '@kanikit/core';
import { isUtf8Locale } from '../../text/locale.ts';
import { ansiColors, type Colors, noColors } from '../../text/colors.ts';

/** How the dashboard looks. Every state has a glyph, a word and a colour; none of them stands alone. */
export interface Theme {
  readonly colors: Colors;
  readonly glyphs: {
    readonly built: string;
    readonly failed: string;
    readonly cancelled: string;
    readonly running: string;
    readonly queued: string;
    readonly rule: string;
    readonly pointer: string;
  };
}

const unicode: Theme['glyphs'] = {
  built: '✓',
  failed: '✗',
  cancelled: '-',
  running: '●',
  queued: '○',
  rule: '─',
  pointer: '>',
};

const ascii: Theme['glyphs'] = {
  built: 'v',
  failed: 'x',
  cancelled: '-',
  running: '*',
  queued: '.',
  rule: '-',
  pointer: '>',
};

export const plainTheme: Theme = { colors: noColors, glyphs: ascii };
export const colorTheme: Theme = { colors: ansiColors, glyphs: unicode };

/** Unicode where locale and terminal can be expected to show it. */
export function chooseTheme(colors: Colors, env: Readonly<Record<string, string | undefined>>): Theme {
  const isUtf8 = isUtf8Locale(env) === true || process.platform === 'darwin' || env.WT_SESSION !== undefined;
  return { colors, glyphs: isUtf8 && env.TERM !== 'linux' ? unicode : ascii };
}

/** Glyph and word of a build's state, and the colour of both. */
export function stateOf(
  build: BuildState,
  { glyphs, colors }: Theme,
): { readonly glyph: string; readonly word: string; readonly paint: (text: string) => string } {
  switch (build.outcome) {
    case 'succeeded':
      return { glyph: glyphs.built, word: 'built', paint: colors.good };
    case 'failed':
      return { glyph: glyphs.failed, word: 'failed', paint: colors.bad };
    case 'cancelled':
      return { glyph: glyphs.cancelled, word: 'cancelled', paint: colors.warn };
    case 'detached':
      return { glyph: glyphs.running, word: 'detached', paint: colors.busy };
    default:
  }
  if (build.phase === 'queued') return { glyph: glyphs.queued, word: 'queued', paint: colors.faint };
  if (build.waiting !== undefined) return { glyph: glyphs.queued, word: 'waiting', paint: colors.warn };
  return { glyph: glyphs.running, word: runningWord(build), paint: colors.busy };
}

function runningWord({ phase, activity }: BuildState): string {
  switch (phase) {
    case 'preflight':
      return 'checking';
    case 'context':
      return 'context';
    case 'pod':
      return 'starting';
    case 'settling':
      return 'cleaning';
    default:
      return activity?.phase === 'push' ? 'pushing' : 'building';
  }
}
