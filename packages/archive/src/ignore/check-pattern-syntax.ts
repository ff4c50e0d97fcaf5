import { IgnoreSyntaxError } from './ignore-syntax-error.ts';

/**
 * The syntax check that docker runs over every pattern: Go's `filepath.Match(pattern, ".")`.
 * Go stops looking at the first `*`-separated chunk that can't match, so `x*\` passes and `*\` does not.
 *
 * @throws IgnoreSyntaxError where Go answers `ErrBadPattern`
 */
export function checkPatternSyntax(pattern: string): void {
  let name = '.';
  let rest = Array.from(pattern);
  while (rest.length > 0) {
    const { hasStar, chunk, end } = scanChunk(rest);
    rest = rest.slice(end);
    if (hasStar && chunk.length === 0) return;
    const after = matchChunk(pattern, chunk, name);
    if (after !== undefined && (after === '' || rest.length > 0)) {
      name = after;
    } else if (hasStar && name === '.' && matchChunk(pattern, chunk, '') !== undefined) {
      name = '';
    } else return;
  }
}

/** The stars at the start, and what follows up to the next star outside of brackets. */
function scanChunk(runes: readonly string[]): {
  readonly hasStar: boolean;
  readonly chunk: readonly string[];
  readonly end: number;
} {
  let start = 0;
  while (runes[start] === '*') start += 1;
  let isInClass = false;
  let at = start;
  for (; at < runes.length; at += 1) {
    const rune = runes[at];
    if (rune === '\\') at += 1;
    else if (rune === '[') isInClass = true;
    else if (rune === ']') isInClass = false;
    else if (rune === '*' && !isInClass) break;
  }
  const end = Math.min(at, runes.length);
  return { hasStar: start > 0, chunk: runes.slice(start, end), end };
}

/** What is left of the name behind the chunk, or undefined where it does not match; all of the chunk is checked. */
function matchChunk(pattern: string, chunk: readonly string[], name: string): string | undefined {
  let left = name;
  let isMatch = true;
  for (let at = 0; at < chunk.length;) {
    isMatch &&= left !== '';
    let isHit = chunk[at] === '?' || chunk[at] === left;
    if (chunk[at] === '[') {
      const parsed = readClass(pattern, chunk, at + 1, left);
      isHit = parsed.isHit;
      at = parsed.end;
    } else if (chunk[at] === '\\') {
      if (at + 1 >= chunk.length) throw new IgnoreSyntaxError(pattern, 'it ends in a lone backslash');
      isHit = chunk[at + 1] === left;
      at += 2;
    } else at += 1;
    isMatch &&= isHit;
    left = '';
  }
  return isMatch ? left : undefined;
}

function readClass(
  pattern: string,
  runes: readonly string[],
  start: number,
  rune: string,
): { readonly isHit: boolean; readonly end: number } {
  const isNegated = runes[start] === '^';
  let at = isNegated ? start + 1 : start;
  let isInside = false;
  for (let ranges = 0; ; ranges += 1) {
    if (runes[at] === ']' && ranges > 0) return { isHit: isInside !== isNegated, end: at + 1 };
    const low = readClassRune(pattern, runes, at);
    const high = runes[low.end] === '-' ? readClassRune(pattern, runes, low.end + 1) : low;
    isInside ||= low.rune <= rune && rune <= high.rune;
    at = high.end;
  }
}

function readClassRune(
  pattern: string,
  runes: readonly string[],
  start: number,
): { readonly rune: string; readonly end: number } {
  const first = runes[start];
  if (first === '-' || first === ']') {
    throw new IgnoreSyntaxError(pattern, `"${first}" must be written "\\${first}" at this place inside [ ]`);
  }
  const at = first === '\\' ? start + 1 : start;
  const rune = runes[at];
  if (rune === undefined || at + 1 >= runes.length) {
    throw new IgnoreSyntaxError(pattern, 'a [ is never closed by ]');
  }
  if (!rune.isWellFormed()) throw new IgnoreSyntaxError(pattern, 'a byte inside [ ] is not UTF-8');
  return { rune, end: at + 1 };
}
