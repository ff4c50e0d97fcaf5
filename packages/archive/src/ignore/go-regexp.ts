import { compileLinearRegexp } from './linear-regexp.ts';
import { parseGoRegexp, type RegexpTerm } from './parse-go-regexp.ts';

/** Whether the text (runes only, see `toRunes`) matches. */
export type RegexpTest = (text: string) => boolean;

/**
 * JavaScript's engine tries one way after the other: with n repeats in a row, the time grows with the nth power of a name's length. From here
 * on the expression is run in linear time, as Go does, which is slower for common names.
 */
const largestBacktracking = 3;

/** Terms of an expression, repeats written out: JavaScript's engine refuses some that Go takes, at a size that depends on what they are. */
const largestForEngine = 1000;

/**
 * A test that says exactly what Go's `regexp.MatchString` says of the expression.
 *
 * @throws GoRegexpError where Go refuses to compile the expression
 */
export function compileGoRegexp(source: string): RegexpTest {
  const alternatives = parseGoRegexp(source);
  const isLinear = alternatives.some(
    (terms) => terms.filter(isWide).length > largestBacktracking || sizeOf(terms) > largestForEngine,
  );
  const test = isLinear ? compileLinearRegexp(alternatives) : compileWithEngine(alternatives);
  const ending = findEnding(alternatives);
  const least = Math.min(...alternatives.map((terms) => leastRunes(terms)));
  return (text) => text.length >= least && text.endsWith(ending) && test(text);
}

function compileWithEngine(alternatives: readonly (readonly RegexpTerm[])[]): RegexpTest {
  const render = ({ source, repeat }: RegexpTerm): string =>
    repeat === '' ? source : `(?:${source})${repeat}`;
  const regexp = new RegExp(alternatives.map((terms) => terms.map(render).join('')).join('|'), 'v');
  return (text) => regexp.test(text);
}

function sizeOf(terms: readonly RegexpTerm[]): number {
  return terms.reduce((sum, { least, most }) => sum + Math.max(1, most ?? least), 0);
}

/** No match is shorter. */
function leastRunes(terms: readonly RegexpTerm[]): number {
  return terms.reduce((sum, { kind, least }) => (kind === 'assertion' ? sum : sum + least), 0);
}

/** Whether there is more than one length that the term may take. */
function isWide({ kind, least, most }: RegexpTerm): boolean {
  return kind === 'folders' || (kind === 'rune' && least !== most);
}

/** Plain text that every match ends with. To look for it first is several times faster than the expression. */
function findEnding(alternatives: readonly (readonly RegexpTerm[])[]): string {
  const [terms = [], ...others] = alternatives;
  const last = terms.at(-1);
  if (others.length > 0 || last?.source !== '$' || last.repeat !== '') return '';
  let ending = '';
  for (let at = terms.length - 2; at >= 0; at -= 1) {
    const { literal, repeat } = terms[at]!;
    if (literal === undefined || repeat !== '') break;
    ending = literal + ending;
  }
  return ending;
}
