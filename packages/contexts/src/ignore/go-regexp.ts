import { escapeRune, parseEscape } from './go-regexp-escape.ts';
import { parseClass } from './go-regexp-class.ts';
import { GoRegexpError } from './go-regexp-error.ts';

/** Largest repeat count of Go's regexp. */
const largestRepeat = 1000;

/**
 * A JavaScript expression that matches exactly what Go's `regexp.MatchString` matches.
 * Covers what docker's pattern translation can produce: no groups but `(.*\/)?`, and no flags.
 *
 * @throws GoRegexpError where Go refuses to compile the expression
 */
export function compileGoRegexp(source: string): RegExp {
  const runes = Array.from(source);
  let translated = '';
  // The last complete term, kept apart since a repeat applies to it.
  let term: string | undefined;
  let isRepeated = false;
  let at = 0;

  const push = (next: string, end: number): void => {
    translated += term ?? '';
    term = next;
    isRepeated = false;
    at = end;
  };
  const repeat = (operator: string, end: number): void => {
    if (isRepeated) throw new GoRegexpError(`invalid nested repetition operator: ${operator}`);
    if (term === undefined) throw new GoRegexpError(`missing argument to repetition operator: ${operator}`);
    term = `(?:${term})${operator}`;
    isRepeated = true;
    at = end;
  };

  while (at < runes.length) {
    const rune = runes[at]!;
    if (rune === '^' || rune === '$') push(rune, at + 1);
    else if (rune === '.') push('[^\\n]', at + 1);
    else if (rune === '*' || rune === '?') repeat(rune, at + 1);
    else if (rune === '(') push(`(?:[^\\n]*/)`, at + '(.*/)'.length);
    else if (rune === '|') {
      translated += `${term ?? ''}|`;
      term = undefined;
      isRepeated = false;
      at += 1;
    } else if (rune === '{') {
      const count = parseRepeat(runes, at);
      if (count === undefined) push(escapeRune(rune), at + 1);
      else repeat(count.operator, count.end);
    } else if (rune === '[') {
      const parsed = parseClass(runes, at);
      push(parsed.source, parsed.end);
    } else if (rune === '\\') {
      const quoted = runes[at + 1] === 'Q' ? parseQuoted(runes, at + 2) : undefined;
      if (quoted !== undefined) {
        for (const literal of quoted.literals) push(escapeRune(literal), quoted.end);
        at = quoted.end;
        // Go forgets the last repeat here although no term came between.
        isRepeated = false;
        continue;
      }
      const parsed = parseEscape(runes, at);
      push(parsed.source, parsed.end);
    } else push(escapeRune(rune), at + 1);
  }
  return new RegExp(translated + (term ?? ''), 'v');
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

function parseRepeat(
  runes: readonly string[],
  start: number,
): { readonly operator: string; readonly end: number } | undefined {
  const found = /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/.exec(runes.slice(start, start + 40).join(''));
  if (found === null) return undefined;
  const least = Number(found[1]);
  const most = found[2] === undefined ? least : found[3] === undefined ? undefined : Number(found[3]);
  if (least > largestRepeat || (most !== undefined && (most > largestRepeat || least > most))) {
    throw new GoRegexpError(`invalid repeat count: ${found[0]}`);
  }
  return { operator: found[0], end: start + found[0].length };
}
