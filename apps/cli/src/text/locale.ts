type Env = Readonly<Record<string, string | undefined>>;

/** Whether the user's locale has more than ASCII; undefined where none is set, as in many containers. */
export function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: Env): boolean | undefined {
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return locale === '' ? undefined : /utf-?8/i.test(locale);
}

/** Typographic characters that kanikit's own words use, and what stands for each in ASCII. */
const replacements: ReadonlyMap<string, string> = new Map([
  ...pairs('“”„«»', '"'),
  ...pairs('‘’‚', "'"),
  ...pairs('–—‐‑−─━', '-'),
  ...pairs('│┃', '|'),
  ...pairs('└├┌┐┘┤┬┴┼', '+'),
  ...pairs('→▸▶', '>'),
  ...pairs('←', '<'),
  ...pairs('×✗✘', 'x'),
  ...pairs('✓✔', 'v'),
  ...pairs('●•·○', '*'),
  ...pairs('\u{a0}\u{202f}\u{2009}', ' '),
  ...pairs('µμ', 'u'),
]);
const replaced = new RegExp(`[…${[...replacements.keys()].join('')}]`, 'gu');

/** ASCII for the characters that kanikit's own words use; what others wrote in other scripts is left as it is. `ellipsis` keeps columns aligned where it is one character. */
export function toAscii(text: string, ellipsis = '...'): string {
  return text.replace(replaced, (character) => replacements.get(character) ?? ellipsis);
}

/** Text for people as their locale can show it: a locale that is named and has ASCII only gets that. */
export function textFor(env: Env): (text: string) => string {
  return isUtf8Locale(env) === false ? (text) => toAscii(text) : (text) => text;
}

function pairs(characters: string, ascii: string): (readonly [string, string])[] {
  return Array.from(characters, (character) => [character, ascii] as const);
}
