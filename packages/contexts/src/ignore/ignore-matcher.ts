import { checkPatternSyntax } from './check-pattern-syntax.ts';
import { compilePattern } from './compile-pattern.ts';
import { cleanPath, trimSpace } from './go-path.ts';
import { IgnoreSyntaxError } from './ignore-syntax-error.ts';
import type { IgnoreRule } from './parse-ignore-file.ts';

/** Which rules matched a directory or one of its parents, so that what is in it need not try them again. */
export type ParentMatches = readonly boolean[];

interface DirectoryVerdict {
  readonly isIgnored: boolean;
  /** To hand to the verdicts of what is in the directory. */
  readonly matches: ParentMatches;
}

/** Docker's ignore rules, compiled. Paths are relative to the context, with `/` between names. */
export interface IgnoreMatcher {
  /** Decides a directory during a walk; `parent` is undefined at the top of the context. */
  decideDirectory(path: string, parent: ParentMatches | undefined): DirectoryVerdict;
  /** Whether a path that is no directory is ignored, during a walk. */
  isFileIgnored(path: string, parent: ParentMatches | undefined): boolean;
  /** Whether a path on its own is ignored, by itself or by a parent directory. */
  isIgnored(path: string): boolean;
  /** Whether an ignored directory may be skipped unread: no exception can bring back anything in it. */
  canSkip(directory: string): boolean;
  /** The rule that leaves a path out: the last one that matches it or a parent directory; undefined for what is kept. */
  explain(path: string): IgnoreReason | undefined;
}

export interface IgnoreReason {
  /** The ignore file, relative to the context. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly pattern: string;
}

interface Rule {
  readonly line: number;
  readonly isException: boolean;
  readonly pattern: string;
  readonly matches: (path: string) => boolean;
}

const metaCharacters = /[*[\]?^\\]/;

/**
 * Compiles the rules with docker's semantics (`MatchesOrParentMatches` of moby/patternmatcher).
 *
 * @param file where the rules come from, for `explain`
 * @throws IgnoreSyntaxError for a pattern docker refuses
 */
export function createIgnoreMatcher(
  patterns: readonly IgnoreRule[],
  platform: NodeJS.Platform = process.platform,
  file: string = '.dockerignore',
): IgnoreMatcher {
  const rules = patterns.map((rule) => compileRule(rule, platform)).filter((rule) => rule !== undefined);
  const exceptions = rules
    .filter((rule) => rule.isException)
    .map((rule) => withoutTrailingGlob(rule.pattern));
  const hasPlainExceptions = !exceptions.some((pattern) => metaCharacters.test(pattern));
  return {
    decideDirectory: (path, parent) => decideDirectory(rules, path, parent),
    isFileIgnored: (path, parent) => isFileIgnored(rules, path, parent),
    isIgnored: (path) => isFileIgnored(rules, path, parentMatches(rules, path)),
    canSkip: (directory) =>
      hasPlainExceptions && !exceptions.some((pattern) => `${pattern}/`.startsWith(`${directory}/`)),
    explain(path) {
      const { isIgnored, matches } = decideDirectory(rules, path, parentMatches(rules, path));
      const rule = isIgnored ? rules[matches.lastIndexOf(true)] : undefined;
      return rule === undefined ? undefined : { file, line: rule.line, pattern: rule.pattern };
    },
  };
}

function parentMatches(rules: readonly Rule[], path: string): ParentMatches | undefined {
  let parent: ParentMatches | undefined;
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    parent = decideDirectory(rules, path.slice(0, end), parent).matches;
  }
  return parent;
}

function compileRule(rule: IgnoreRule, platform: NodeJS.Platform): Rule | undefined {
  const written = platform === 'win32' ? rule.pattern.replaceAll('\\', '/') : rule.pattern;
  const trimmed = trimSpace(written);
  if (trimmed === '') return undefined;
  const cleaned = cleanPath(trimmed);
  const isException = cleaned.startsWith('!');
  const pattern = isException ? cleaned.slice(1) : cleaned;
  try {
    if (pattern === '') throw new IgnoreSyntaxError('!', 'a lone ! excepts nothing');
    checkPatternSyntax(pattern);
    return { line: rule.line, isException, pattern, matches: compilePattern(pattern).matches };
  } catch (error) {
    if (error instanceof IgnoreSyntaxError)
      throw new IgnoreSyntaxError(rule.pattern, error.reason, rule.line);
    throw error;
  }
}

// Every rule is tried here, also those that can't change this directory's own verdict: an exception in between may make
// them count for a file in it (`d`, `!d/f`, `d` ignores `d/f`). Docker's walk leaves them out, and names files that docker then refuses to open.
function decideDirectory(
  rules: readonly Rule[],
  path: string,
  parent: ParentMatches | undefined,
): DirectoryVerdict {
  const matches = rules.map((rule, index) => parent?.[index] === true || rule.matches(path));
  const last = matches.lastIndexOf(true);
  return { isIgnored: last !== -1 && !rules[last]!.isException, matches };
}

function isFileIgnored(rules: readonly Rule[], path: string, parent: ParentMatches | undefined): boolean {
  // The last rule that matches decides, so the first match from the end does.
  for (let index = rules.length - 1; index >= 0; index -= 1) {
    const rule = rules[index]!;
    if (parent?.[index] === true || rule.matches(path)) return !rule.isException;
  }
  return false;
}

function withoutTrailingGlob(pattern: string): string {
  const withoutDeep = pattern.endsWith('/**') ? pattern.slice(0, -3) : pattern;
  return withoutDeep.endsWith('/*') ? withoutDeep.slice(0, -2) : withoutDeep;
}
