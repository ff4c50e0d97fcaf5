import { parseClass } from './go-regexp-class.ts';
import { GoRegexpError } from './go-regexp-error.ts';
import { escapeRune, parseEscape } from './go-regexp-escape.ts';

/** A part of an expression that a repeat applies to. */
export interface RegexpTerm {
  /** `folders` is docker's `(.*\/)`. */
  readonly kind: 'rune' | 'assertion' | 'folders';
  /** In JavaScript's syntax with flag `v`. */
  readonly source: string;
  /** The rune, where it can be no other. */
  readonly literal: string | undefined;
  /** In JavaScript's syntax; empty where the term stands once. */
  readonly repeat: string;
  readonly least: number;
  /** Undefined: any number of times. */
  readonly most: number | undefined;
}

/** Largest repeat count of Go's regexp. */
const largestRepeat = 1000;
/** Runes of an expression, repeats written out. Go goes on to some three million, and then takes seconds for each path. */
const largestSize = 100_000;
const folders = '(.*/)';

/**
 * Reads an expression in Go's syntax: alternatives, each a row of terms. Covers what docker's pattern translation can produce: no groups but
 * `(.*\/)?`, and no flags.
 *
 * @throws GoRegexpError where Go refuses to compile the expression
 */
export function parseGoRegexp(source: string): readonly (readonly RegexpTerm[])[] {
  const runes = Array.from(source);
  let terms: RegexpTerm[] = [];
  const alternatives = [terms];
  let isRepeated = false;
  let at = 0;

  const push = (kind: RegexpTerm['kind'], next: string, end: number, literal?: string): void => {
    terms.push({ kind, source: next, literal, repeat: '', least: 1, most: 1 });
    isRepeated = false;
    at = end;
  };
  const repeat = (operator: string, least: number, most: number | undefined, end: number): void => {
    if (isRepeated) throw new GoRegexpError(`invalid nested repetition operator: ${operator}`);
    const term = terms.pop();
    if (term === undefined) throw new GoRegexpError(`missing argument to repetition operator: ${operator}`);
    terms.push({ ...term, repeat: operator, least, most });
    isRepeated = true;
    at = end;
  };

  while (at < runes.length) {
    const rune = runes[at]!;
    if (rune === '^' || rune === '$') push('assertion', rune, at + 1);
    else if (rune === '.') push('rune', '[^\\n]', at + 1);
    else if (rune === '*') repeat(rune, 0, undefined, at + 1);
    else if (rune === '?') repeat(rune, 0, 1, at + 1);
    else if (rune === '(') push('folders', '(?:[^\\n]*/)', at + folders.length);
    else if (rune === '|') {
      terms = [];
      alternatives.push(terms);
      isRepeated = false;
      at += 1;
    } else if (rune === '{') {
      const count = parseRepeat(runes, at);
      if (count === undefined) push('rune', escapeRune(rune), at + 1, rune);
      else repeat(count.operator, count.least, count.most, count.end);
    } else if (rune === '[') {
      const parsed = parseClass(runes, at);
      push('rune', parsed.source, parsed.end);
    } else if (rune === '\\' && runes[at + 1] === 'Q') {
      const quoted = parseQuoted(runes, at + 2);
      for (const literal of quoted.literals) push('rune', escapeRune(literal), quoted.end, literal);
      at = quoted.end;
      // Go forgets the last repeat here although no term came between.
      isRepeated = false;
    } else if (rune === '\\') {
      const parsed = parseEscape(runes, at);
      push(parsed.kind, parsed.source, parsed.end, parsed.literal);
    } else push('rune', escapeRune(rune), at + 1, rune);
  }
  if (alternatives.flat().reduce((sum, { least, most }) => sum + (most ?? least + 1), 0) > largestSize) {
    throw new GoRegexpError('expression too large');
  }
  return alternatives;
}

function parseQuoted(
  runes: readonly string[],
  start: number,
): { readonly literals: readonly string[]; readonly end: number } {
  for (let at = start; at < runes.length; at += 1) {
    if (runes[at] === '\\' && runes[at + 1] === 'E') return { literals: runes.slice(start, at), end: at + 2 };
  }
  return { literals: runes.slice(start), end: runes.length };
}

interface Repeat {
  readonly operator: string;
  readonly least: number;
  readonly most: number | undefined;
  readonly end: number;
}

function parseRepeat(runes: readonly string[], start: number): Repeat | undefined {
  const found = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/.exec(runes.slice(start, start + 40).join(''));
  if (found === null) return undefined;
  const least = Number(found[1]);
  const most = found[2] === undefined ? least : found[3] === undefined ? undefined : Number(found[3]);
  if (least > largestRepeat || (most !== undefined && (most > largestRepeat || least > most))) {
    throw new GoRegexpError(`invalid repeat count: ${found[0]}`);
  }
  return { operator: found[0], least, most, end: start + found[0].length };
}
