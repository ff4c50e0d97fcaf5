import { checkPatternSyntax } from './check-pattern-syntax.ts';
import { compilePattern } from './compile-pattern.ts';
import { cleanPath, trimSpace } from './go-path.ts';
import { IgnoreSyntaxError } from './ignore-syntax-error.ts';
import type { IgnoreRule } from './parse-ignore-file.ts';

/** What the rules made of a directory, so that what is in it need not try them again. An item per rule. */
export interface ParentMatches {
  /** Whether the walk found that the rule matches the directory or one of its parents. It does not try rules that can't change a verdict. */
  readonly inWalk: readonly boolean[];
  /** The same, with every rule tried. */
  readonly onItsOwn: readonly boolean[];
}

interface DirectoryVerdict {
  readonly isIgnored: boolean;
  /** To hand to the verdicts of what is in the directory. */
  readonly matches: ParentMatches;
}

/** `emptied`: docker lists the file and then refuses to open it, so that it arrives without content. */
type FileVerdict = 'kept' | 'ignored' | 'emptied';

/** Docker's ignore rules, compiled. Paths are relative to the context, with `/` between names. */
export interface IgnoreMatcher {
  /** Decides a directory during a walk; `parent` is undefined at the top of the context. */
  decideDirectory(path: string, parent: ParentMatches | undefined): DirectoryVerdict;
  /** Decides a path that is no directory, during a walk. */
  decideFile(path: string, parent: ParentMatches | undefined): FileVerdict;
  /** Whether a walk leaves out a path that is no directory. */
  isIgnored(path: string): boolean;
  /** Whether an ignored directory may be skipped unread: no exception can bring back anything in it. */
  canSkip(directory: string): boolean;
  /** The rule by which a walk leaves a path out: the last one that matches it or a parent directory; undefined for what is kept. */
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
 * Compiles the rules with the semantics of the walk that BuildKit's client sends a context with (the filter of tonistiigi/fsutil, which decides
 * by `MatchesUsingParentResults` of moby/patternmatcher).
 *
 * @param file where the rules come from, for `explain`
 * @throws IgnoreSyntaxError for a pattern docker refuses
 */
export function createIgnoreMatcher(
  patterns: readonly IgnoreRule[],
  platform: NodeJS.Platform = process.platform,
  file: string = '.dockerignore',
): IgnoreMatcher {
  const rules = compileRules(patterns, platform);
  const canSkip = createSkipTest(rules.list);
  /** What the walk decides on its way to a path; undefined where it turns around before. */
  const walkTo = (
    path: string,
  ): { readonly parent: ParentMatches | undefined; readonly skippedBy?: number } => {
    let parent: ParentMatches | undefined;
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      const verdict = decideDirectory(rules, directory, parent);
      parent = verdict.matches;
      if (verdict.isIgnored && canSkip(directory))
        return { parent, skippedBy: parent.inWalk.lastIndexOf(true) };
    }
    return { parent };
  };
  return {
    decideDirectory: (path, parent) => decideDirectory(rules, path, parent),
    decideFile: (path, parent) => decideFile(rules, path, parent),
    canSkip,
    isIgnored(path) {
      const { parent, skippedBy } = walkTo(path);
      return skippedBy !== undefined || decideFile(rules, path, parent) === 'ignored';
    },
    explain(path) {
      const { parent, skippedBy } = walkTo(path);
      const index = skippedBy ?? matchInWalk(rules, path, parent).lastIndexOf(true);
      const rule = rules.list[index];
      if (rule === undefined || rule.isException) return undefined;
      return { file, line: rule.line, pattern: rule.pattern };
    },
  };
}

interface Rules {
  readonly list: readonly Rule[];
  readonly lastException: number;
  /** The last rule that is no exception. */
  readonly lastExclusion: number;
  /** Whether a rule follows an exception: only then may a path be kept by the walk and refused on its own. */
  readonly mayDisagree: boolean;
}

function compileRules(patterns: readonly IgnoreRule[], platform: NodeJS.Platform): Rules {
  const list = patterns.map((rule) => compileRule(rule, platform)).filter((rule) => rule !== undefined);
  const lastException = list.findLastIndex((rule) => rule.isException);
  const lastExclusion = list.findLastIndex((rule) => !rule.isException);
  const mayDisagree = list.slice(0, Math.max(0, lastExclusion)).some((rule) => rule.isException);
  return { list, lastException, lastExclusion, mayDisagree };
}

function createSkipTest(rules: readonly Rule[]): (directory: string) => boolean {
  const exceptions = rules
    .filter((rule) => rule.isException)
    .map((rule) => withoutTrailingGlob(rule.pattern));
  if (exceptions.some((pattern) => metaCharacters.test(pattern))) return () => false;
  return (directory) => !exceptions.some((pattern) => `${pattern}/`.startsWith(`${directory}/`));
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

function decideDirectory(rules: Rules, path: string, parent: ParentMatches | undefined): DirectoryVerdict {
  const inWalk = matchInWalk(rules, path, parent);
  const last = inWalk.lastIndexOf(true);
  const isIgnored = last !== -1 && !rules.list[last]!.isException;
  if (!rules.mayDisagree) return { isIgnored, matches: { inWalk, onItsOwn: inWalk } };
  const onItsOwn = rules.list.map(
    (rule, index) => inWalk[index]! || parent?.onItsOwn[index] === true || rule.matches(path),
  );
  return { isIgnored, matches: { inWalk, onItsOwn } };
}

/** Which rules match, as the walk tries them: a rule that would not change the verdict so far is passed over, and forgotten for what is below. */
function matchInWalk({ list }: Rules, path: string, parent: ParentMatches | undefined): boolean[] {
  let isIgnored = false;
  return list.map((rule, index) => {
    const isMatch = parent?.inWalk[index] === true || (rule.isException === isIgnored && rule.matches(path));
    if (isMatch) isIgnored = !rule.isException;
    return isMatch;
  });
}

/** The verdict of `matchInWalk`, without making a list for each file. */
function decideFile(rules: Rules, path: string, parent: ParentMatches | undefined): FileVerdict {
  const { list, lastException, lastExclusion, mayDisagree } = rules;
  let isIgnored = false;
  let decidedBy = -1;
  for (let index = 0; index < list.length; index += 1) {
    const rule = list[index]!;
    if (parent?.inWalk[index] === true || (rule.isException === isIgnored && rule.matches(path))) {
      isIgnored = !rule.isException;
      decidedBy = index;
    }
    if (isIgnored && index >= lastException) return 'ignored';
  }
  if (isIgnored) return 'ignored';
  const isDoubtful = mayDisagree && decidedBy !== -1 && decidedBy < lastExclusion;
  return isDoubtful && isRefusedOnItsOwn(rules, path, parent, decidedBy) ? 'emptied' : 'kept';
}

/** What `MatchesOrParentMatches` says where the walk keeps a path by an exception: docker asks it again before it opens the file. */
function isRefusedOnItsOwn(
  { list }: Rules,
  path: string,
  parent: ParentMatches | undefined,
  exception: number,
): boolean {
  for (let index = list.length - 1; index > exception; index -= 1) {
    const rule = list[index]!;
    // The walk has tried all others on the path itself.
    if (parent?.onItsOwn[index] === true || (rule.isException && rule.matches(path)))
      return !rule.isException;
  }
  return false;
}

function withoutTrailingGlob(pattern: string): string {
  const withoutDeep = pattern.endsWith('/**') ? pattern.slice(0, -3) : pattern;
  return withoutDeep.endsWith('/*') ? withoutDeep.slice(0, -2) : withoutDeep;
}
