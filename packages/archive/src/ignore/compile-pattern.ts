import { compileGoRegexp, GoRegexpError, type RegexpTest } from './go-regexp.ts';
import { byteOrderMark, toLatin1, toRunes } from '../names/byte-string.ts';
import { IgnoreSyntaxError } from './ignore-syntax-error.ts';
import { type PatternForm, translatePattern } from './pattern-to-regexp.ts';

export interface CompiledPattern {
  readonly form: PatternForm;
  /** Whether the pattern matches this very path (`/` between names); parents are the caller's business. */
  matches(path: string): boolean;
}

/**
 * Compiles a clean pattern (no `!`).
 *
 * @throws IgnoreSyntaxError where Go's regexp refuses what docker makes of the pattern
 */
export function compilePattern(pattern: string): CompiledPattern {
  const { form, goRegexp } = translatePattern(pattern);
  return { form, matches: createTest(pattern, form, goRegexp) };
}

function createTest(pattern: string, form: PatternForm, goRegexp: string): (path: string) => boolean {
  // Docker cuts the stars off as two bytes and compares bytes, which shows where those cut a character into halves.
  const isWhole = pattern.isWellFormed() && !pattern.startsWith(byteOrderMark);
  const view = isWhole ? (text: string) => text : toLatin1;
  switch (form) {
    case 'exact': {
      return (path) => path === pattern;
    }
    case 'prefix': {
      const prefix = view(pattern).slice(0, -2);
      return (path) => view(path).startsWith(prefix);
    }
    case 'suffix': {
      const suffix = view(pattern).slice(2);
      const name = suffix.startsWith('/') ? suffix.slice(1) : undefined;
      return (path) => view(path).endsWith(suffix) || view(path) === name;
    }
    case 'regexp': {
      const test = compileOrExplain(pattern, goRegexp);
      return (path) => test(toRunes(path));
    }
  }
}

function compileOrExplain(pattern: string, goRegexp: string): RegexpTest {
  try {
    return compileGoRegexp(goRegexp);
  } catch (error) {
    if (error instanceof GoRegexpError) throw new IgnoreSyntaxError(pattern, error.message);
    throw error;
  }
}
