import { GoRegexpError } from './go-regexp-error.ts';
import { escapeRune, type ParsedPiece, parseEscapedRune, parseEscapedSet } from './go-regexp-escape.ts';

const posixClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '\\x21-\\x7E',
  lower: 'a-z',
  print: '\\x20-\\x7E',
  punct: '\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** The bracket expression of a Go regular expression that opens at `start`. */
export function parseClass(runes: readonly string[], start: number): ParsedPiece {
  const isNegated = runes[start + 1] === '^';
  let at = start + (isNegated ? 2 : 1);
  let members = '';
  for (let isFirst = true; isFirst || runes[at] !== ']'; isFirst = false) {
    const piece = parsePosix(runes, at) ?? parseSet(runes, at) ?? parseRange(runes, at);
    members += piece.source;
    at = piece.end;
  }
  return { source: `[${isNegated ? '^' : ''}${members}]`, end: at + 1 };
}

function parsePosix(runes: readonly string[], start: number): ParsedPiece | undefined {
  if (runes[start] !== '[' || runes[start + 1] !== ':') return undefined;
  const rest = runes.slice(start + 2).join('');
  const close = rest.indexOf(':]');
  if (close === -1) return undefined;
  const word = rest.slice(0, close);
  const isNegated = word.startsWith('^');
  const members = posixClasses[isNegated ? word.slice(1) : word];
  if (members === undefined) throw new GoRegexpError(`invalid character class range: [:${word}:]`);
  return { source: `[${isNegated ? '^' : ''}${members}]`, end: start + 4 + Array.from(word).length };
}

function parseSet(runes: readonly string[], start: number): ParsedPiece | undefined {
  return runes[start] === '\\' ? parseEscapedSet(runes, start) : undefined;
}

function parseRange(runes: readonly string[], start: number): ParsedPiece {
  const low = parseMember(runes, start);
  if (runes[low.end] !== '-' || runes[low.end + 1] === ']' || runes[low.end + 1] === undefined) {
    return { source: escapeRune(low.code), end: low.end };
  }
  const high = parseMember(runes, low.end + 1);
  if (high.code < low.code) {
    throw new GoRegexpError(`invalid character class range: ${runes.slice(start, high.end).join('')}`);
  }
  return { source: `${escapeRune(low.code)}-${escapeRune(high.code)}`, end: high.end };
}

function parseMember(runes: readonly string[], at: number): { readonly code: number; readonly end: number } {
  const rune = runes[at];
  if (rune === undefined) throw new GoRegexpError('missing closing ]');
  return rune === '\\' ? parseEscapedRune(runes, at) : { code: rune.codePointAt(0)!, end: at + 1 };
}
