import { RE2JS, RE2JSException } from 're2js';

/** Whether the text (runes only, see `toRunes`) matches. */
export type RegexpTest = (text: string) => boolean;

/** Go's regexp package would not compile the expression. */
export class GoRegexpError extends Error {}

/** Characters of an expression, repeats written out: more takes seconds to compile, and again for each path. Go goes on to some three million. */
const largestSize = 50_000;

/**
 * A test that says exactly what Go's `regexp.MatchString` says of the expression, in time that is linear in the text.
 *
 * @throws GoRegexpError where Go refuses to compile the expression
 */
export function compileGoRegexp(source: string): RegexpTest {
  if (writtenOut(source) > largestSize) throw new GoRegexpError('expression too large');
  try {
    const regexp = RE2JS.compile(source);
    return (text) => regexp.test(text);
  } catch (error) {
    if (error instanceof RE2JSException)
      throw new GoRegexpError(error.message.replace(/^error parsing regexp: /, ''));
    throw error;
  }
}

/** At least what the repeats of an expression without nested ones, as docker's are, amount to. */
function writtenOut(source: string): number {
  const counts = source.matchAll(/\{(\d{1,9})(?:,(\d{1,9}))?/g);
  return counts.reduce((sum, [, least, most]) => sum + Number(most ?? least), source.length);
}
