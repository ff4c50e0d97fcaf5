import { parseBoolean } from '@kanikit/toolkit/text';

/** Roles of text, never the only carrier of a meaning. The 16 named colours let the user's theme apply. */
export interface Colors {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly busy: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly inverse: (text: string) => string;
}

export const noColors: Colors = {
  good: String,
  bad: String,
  warn: String,
  busy: String,
  faint: String,
  strong: String,
  inverse: String,
};

export const ansiColors: Colors = {
  good: paint(32, 39),
  bad: paint(31, 39),
  warn: paint(33, 39),
  busy: paint(36, 39),
  faint: paint(90, 39),
  strong: paint(1, 22),
  inverse: paint(7, 27),
};

/** `NO_COLOR` switches colour off, `FORCE_COLOR` on (0 or false: off); else a terminal that is not dumb gets it. */
export function chooseColors(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Colors {
  const { NO_COLOR: none, FORCE_COLOR: forced, TERM: term } = env;
  if (none !== undefined && none !== '') return noColors;
  if (forced !== undefined && forced !== '') return parseBoolean(forced) === false ? noColors : ansiColors;
  return stream.isTTY === true && term !== 'dumb' ? ansiColors : noColors;
}

function paint(open: number, close: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`);
}
