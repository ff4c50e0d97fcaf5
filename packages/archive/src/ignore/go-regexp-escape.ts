import { GoRegexpError } from './go-regexp-error.ts';

/** A piece of a JavaScript expression (flag `v`) and where the Go expression goes on. */
export interface ParsedPiece {
  readonly source: string;
  readonly end: number;
}

const perlClasses: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: '[\\t\\n\\f\\r ]',
  S: '[^\\t\\n\\f\\r ]',
  w: '[0-9A-Za-z_]',
  W: '[^0-9A-Za-z_]',
};
const assertions: Readonly<Record<string, string>> = { A: '^', z: '$', b: '\\b', B: '\\B' };
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const largestRune = 0x10ffff;

/** A literal that means itself in any place of a JavaScript expression. */
export function escapeRune(rune: string | number): string {
  const code = typeof rune === 'number' ? rune : rune.codePointAt(0)!;
  return `\\u{${code.toString(16)}}`;
}

/** What an escape outside of a class means. */
export interface ParsedEscape extends ParsedPiece {
  readonly kind: 'rune' | 'assertion';
  /** The rune, where it can be no other. */
  readonly literal?: string;
}

/** The escape at `start` outside of a class. */
export function parseEscape(runes: readonly string[], start: number): ParsedEscape {
  const assertion = assertions[runes[start + 1] ?? ''];
  if (assertion !== undefined) return { kind: 'assertion', source: assertion, end: start + 2 };
  const set = parseEscapedSet(runes, start);
  if (set !== undefined) return { kind: 'rune', ...set };
  const { code, end } = parseEscapedRune(runes, start);
  return { kind: 'rune', source: escapeRune(code), literal: String.fromCodePoint(code), end };
}

/** `\d`, `\pL` and the like at `start`, which mean sets inside and outside of a class; undefined for other escapes. */
export function parseEscapedSet(runes: readonly string[], start: number): ParsedPiece | undefined {
  const name = runes[start + 1] ?? '';
  const perl = perlClasses[name];
  if (perl !== undefined) return { source: perl, end: start + 2 };
  if (name === 'p' || name === 'P') return parseUnicodeSet(runes, start);
  return undefined;
}

/** The escape at `start` as one code point. */
export function parseEscapedRune(
  runes: readonly string[],
  start: number,
): { readonly code: number; readonly end: number } {
  const name = runes[start + 1];
  if (name === undefined) throw new GoRegexpError('trailing backslash at end of expression');
  const control = controls[name];
  if (control !== undefined) return { code: control, end: start + 2 };
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(runes.slice(start + 1, start + 4).join(''));
  if (octal !== null) return { code: Number.parseInt(octal[0], 8), end: start + 1 + octal[0].length };
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(runes.slice(start + 1, start + 40).join(''));
  if (hex !== null) {
    const code = Number.parseInt(hex[1] ?? hex[2]!, 16);
    if (code <= largestRune) return { code, end: start + 1 + hex[0].length };
  }
  if (/^[^0-9A-Za-z\u0080-\u{10FFFF}]$/u.test(name)) return { code: name.codePointAt(0)!, end: start + 2 };
  throw new GoRegexpError(`invalid escape sequence: \\${name}`);
}

function parseUnicodeSet(runes: readonly string[], start: number): ParsedPiece {
  const found = /^[pP](?:\{(\^?)([^{}]*)\}|([A-Za-z]))/.exec(runes.slice(start + 1, start + 60).join(''));
  if (found === null) throw new GoRegexpError('invalid character class range: \\p');
  const name = found[2] ?? found[3]!;
  const isNegated = (runes[start + 1] === 'P') !== (found[1] === '^');
  for (const property of [name, `Script=${name}`]) {
    const source = `\\${isNegated ? 'P' : 'p'}{${property}}`;
    // Categories and scripts share one name space in Go; binary properties of JavaScript (`Emoji`) are not in it.
    const isCategoryName = /^(?:[A-Z][a-z]?|Any)$/.test(name);
    if ((property !== name || isCategoryName) && isExpression(source)) {
      return { source, end: start + 1 + found[0].length };
    }
  }
  throw new GoRegexpError(`invalid character class range: \\p{${name}}`);
}

function isExpression(source: string): boolean {
  try {
    return new RegExp(source, 'v') instanceof RegExp;
  } catch {
    return false;
  }
}
