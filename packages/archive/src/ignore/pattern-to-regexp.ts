import { byteOrderMark, toRunes } from '../names/byte-string.ts';

/** How a pattern is decided; all but `regexp` are plain comparisons. */
export type PatternForm = 'exact' | 'prefix' | 'suffix' | 'regexp';

export interface TranslatedPattern {
  readonly form: PatternForm;
  /** The regular expression, in Go's syntax, that docker makes of the pattern. */
  readonly goRegexp: string;
}

// `|`, `{` and `}` are meant to be in this set in docker's code too, but its table is too small to hold them, so docker
// gives them their regular-expression meaning. The difference shows: `a|b*` ignores all that starts with `a`.
const escaped = new Set('.+()$');

/** Docker's translation of a pattern (`Pattern.compile` of moby/patternmatcher, for `/`). */
export function translatePattern(pattern: string): TranslatedPattern {
  const runes = Array.from(toRunes(pattern));
  if (runes[0] === byteOrderMark) runes.shift();
  let form: PatternForm = 'exact';
  let regexp = '^';
  let at = 0;
  for (let step = 0; at < runes.length; step += 1) {
    const rune = runes[at]!;
    at += 1;
    if (rune === '*' && runes[at] === '*') {
      at += runes[at + 1] === '/' ? 2 : 1;
      const isLast = at >= runes.length;
      regexp += isLast ? '.*' : '(.*/)?';
      if (step === 0) form = 'suffix';
      else form = isLast && form === 'exact' ? 'prefix' : 'regexp';
    } else if (rune === '*') {
      regexp += '[^/]*';
      form = 'regexp';
    } else if (rune === '?') {
      regexp += '[^/]';
      form = 'regexp';
    } else if (escaped.has(rune)) {
      regexp += `\\${rune}`;
    } else if (rune === '\\') {
      regexp += `\\${runes[at] ?? ''}`;
      if (at < runes.length) form = 'regexp';
      at += 1;
    } else {
      regexp += rune;
      if (rune === '[' || rune === ']') form = 'regexp';
    }
  }
  return { form, goRegexp: `${regexp}$` };
}
