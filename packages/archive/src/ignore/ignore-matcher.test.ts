import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './compile-pattern.ts';
import { checkPatternSyntax } from './check-pattern-syntax.ts';
import { createIgnoreMatcher } from './ignore-matcher.ts';
import { IgnoreSyntaxError } from './ignore-syntax-error.ts';
import { parseIgnoreFile } from './parse-ignore-file.ts';

const rows = JSON.parse(
  readFileSync(new URL('fixtures/docker-ignore-rows.json', import.meta.url), 'utf8'),
) as {
  single: [pattern: string, path: string, isIgnored: boolean][];
  multi: [patterns: string[], path: string, isIgnored: boolean][];
  match: [pattern: string, path: string, isMatch: boolean, error: string | null][];
};

const isIgnored = (lines: readonly string[], path: string): boolean =>
  createIgnoreMatcher(parseIgnoreFile(Buffer.from(lines.join('\n'))), 'linux').isIgnored(path);

describe("rows of docker's own tables", () => {
  test.each(rows.single)('%s on %s is %s', (pattern, path, expected) => {
    expect(isIgnored([pattern], path)).toBe(expected);
  });
  test.each(rows.multi)('%j on %s is %s', (patterns, path, expected) => {
    expect(isIgnored(patterns, path)).toBe(expected);
  });
  test.each(rows.match)('pattern %s alone on %s is %s, error %s', (pattern, path, expected, error) => {
    const match = (): boolean => {
      checkPatternSyntax(pattern);
      return compilePattern(pattern).matches(path);
    };
    if (error === null) expect(match()).toBe(expected);
    else expect(match).toThrow(IgnoreSyntaxError);
  });
});

// Each row was checked against github.com/moby/patternmatcher v0.6.1.
test.each<[why: string, lines: string[], ignored: string[], kept: string[]]>([
  ['a later rule wins over an exception', ['d', '!d/f', 'd/f'], ['d', 'd/f'], ['e']],
  ['a rule that changes nothing is forgotten below', ['d', '!d/f', 'd'], ['d', 'd/g'], ['d/f']],
  ['an exception that changes nothing is forgotten below', ['**/*.log', '!d'], ['d/x.log'], ['d', 'd/x']],
  ['a skipped directory hides what an exception names', ['*', '!d/*/**'], ['d', 'd/e', 'd/e/x'], []],
  ['an exception brings back a child', ['d', '!d/f'], ['d', 'd/g'], ['d/f', 'd/f/deep']],
  ['an exception brings back a parent only as a path', ['*', '!a/b'], ['a', 'a/c'], ['a/b']],
  ['two stars without slash are a suffix', ['**file'], ['file', 'xfile', 'd/xfile'], ['filex']],
  ['a deep prefix is not the directory itself', ['abc/**'], ['abc/x', 'abc/x/y'], ['abc', 'abcd']],
  ['case matters', ['Makefile'], ['Makefile'], ['makefile']],
  ['a question mark is one code point', ['?'], ['a', 'é', '😀'], ['ab']],
  ['a bar is an alternative, as in docker', ['a|b*'], ['axxx', 'xxb'], ['xx']],
  ['braces are a repeat, as in docker', ['a{2}[b]'], ['aab'], ['a{2}b', 'ab']],
  ['letters behind a backslash are classes, as in docker', ['\\d'], ['7'], ['d']],
  ['bang does not negate a class', ['[!a]'], ['!', 'a'], ['b']],
  ['named classes', ['[[:digit:]]x'], ['1x'], ['ax', ':x']],
  ['a dot is a dot', ['a.c*'], ['a.c', 'a.cd'], ['abc']],
  ['a newline in a name stops .* but not *', ['a*c', 'x**y'], ['a\nc'], ['x\ny']],
  [
    'leading and trailing slashes fall away',
    ['/a/', 'b//c', './d', 'e/../f'],
    ['a', 'b/c', 'd', 'f'],
    ['e', 'b'],
  ],
  ['outside of the context is nothing', ['../a'], [], ['a']],
  ['a comment starts in column 0 only', ['# x', ' # y'], ['# y'], ['# x', 'x']],
  ['blanks around an exception', ['*', '! /a '], ['b'], ['a']],
  ['empty lines and a byte order mark', ['\uFEFFa', '', '  '], ['a'], ['b']],
  ['carriage returns', ['a\r', 'b\r'], ['a', 'b'], ['a\r']],
])('%s', (_why, lines, ignored, kept) => {
  for (const path of ignored) expect([path, isIgnored(lines, path)]).toEqual([path, true]);
  for (const path of kept) expect([path, isIgnored(lines, path)]).toEqual([path, false]);
});

test.each([
  ['!', 'a lone !'],
  ['[', 'never closed'],
  ['[]a]', 'must be written'],
  ['[a-b-c]', 'must be written'],
  ['x\\', 'lone backslash'],
  ['[Local-Only]/', 'range'],
  ['a{2}{3}*', 'nested repetition'],
  ['{2}|{3}*', 'missing argument'],
  ['a{1001}*', 'repeat count'],
  ['\\y', 'escape sequence'],
  ['[[:nope:]]', 'class range'],
  ['\\p{Nope}', 'class range'],
  [`*${'[ab]{0,1000}'.repeat(50)}`, 'too large'],
  ['?'.repeat(20_000), 'too large'],
])('%s is refused each time and says why', (pattern, reason) => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const error = catchSyntaxError(() => isIgnored(['ok', pattern], 'x'));
    expect(error).toMatchObject({ line: 2 });
    expect(error.reason).toContain(reason);
  }
});

test('the error for a long pattern shows its start only', () => {
  const error = catchSyntaxError(() => isIgnored([`[${'x'.repeat(50_000)}`], 'x'));
  expect(error.message.length).toBeLessThan(300);
  expect(error.pattern.length).toBeLessThan(100);
});

test('a line over 64 KiB is refused', () => {
  const error = catchSyntaxError(() => parseIgnoreFile(Buffer.from(`a\n${'x'.repeat(65_536)}\n`)));
  expect(error).toMatchObject({ line: 2 });
});

test('bytes that are not UTF-8 are compared as bytes, and are one character each', () => {
  const latin = (text: string): string => parseIgnoreFile(Buffer.from(text, 'latin1'))[0]!.pattern;
  const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from('caf\u00E9\nx?y', 'latin1')), 'linux');
  expect(matcher.isIgnored(latin('caf\u00E9'))).toBe(true);
  expect(matcher.isIgnored(latin('caf\u00E8'))).toBe(false);
  expect(matcher.isIgnored(latin('x\u00E8y'))).toBe(true);
  expect(matcher.isIgnored(latin('x\u00E8\u00E8y'))).toBe(false);
});

test('stars beside half a character cut it off, as in docker', () => {
  const matcher = createIgnoreMatcher(
    parseIgnoreFile(Buffer.from('caf\u00C3**\n**\u00B6', 'latin1')),
    'linux',
  );
  expect(matcher.isIgnored('caf\u00E9/x')).toBe(true);
  expect(matcher.isIgnored('\u03B6')).toBe(true);
  expect(matcher.isIgnored('cafe')).toBe(false);
});

test('the length of a line is counted in bytes', () => {
  const line = Buffer.alloc(65_535, 0xe9);
  expect(parseIgnoreFile(line)).toHaveLength(1);
  expect(() => parseIgnoreFile(Buffer.concat([line, Buffer.of(0xe9)]))).toThrow(IgnoreSyntaxError);
});

// Each has too many repeats for an engine that tries one way after the other: it would not come to an end.
test.each<[pattern: string, ignored: string[], kept: string[]]>([
  ['*a*a*a*a*a*a*a*a*b', [`${'a'.repeat(200)}b`, `${'a'.repeat(99)}b/c`], ['a'.repeat(200), 'aaaaaaab']],
  ['**/a/**/a/**/a/**/a/**/b', ['a/a/a/a/b', `${'a/'.repeat(99)}b`], ['a/a/a/b', `${'a/'.repeat(99)}c`]],
  ['*?*?*?*?*é', ['😀bcdé', 'abcdefé'], ['bcdé', 'abc/é']],
  ['?'.repeat(5000), ['x'.repeat(5000)], ['x'.repeat(4999), 'x']],
  [`${'[a-c]'.repeat(5000)}*`, ['abca'.repeat(1250)], ['abc']],
  ['*a{1,3}*[^b]*\\d*x|y*', ['aaz1x', 'xyz'], ['aa1', 'bbbx']],
  ['*a*\\b*\\bb*c*', ['a-b-c', 'xa b-cz'], ['abc', 'a-c-b']],
])('%s takes no longer than others', (pattern, ignored, kept) => {
  for (const path of ignored) expect([path, isIgnored([pattern], path)]).toEqual([path, true]);
  for (const path of kept) expect([path, isIgnored([pattern], path)]).toEqual([path, false]);
});

test('a directory is skipped only where no exception can reach', () => {
  const canSkip = (lines: string[], directory: string): boolean =>
    createIgnoreMatcher(parseIgnoreFile(Buffer.from(lines.join('\n'))), 'linux').canSkip(directory);
  expect(canSkip(['*'], 'a')).toBe(true);
  expect(canSkip(['*', '!a/b'], 'a')).toBe(false);
  expect(canSkip(['*', '!a/b/**'], 'a/b')).toBe(false);
  expect(canSkip(['*', '!a/b'], 'c')).toBe(true);
  expect(canSkip(['*', '!a*'], 'c')).toBe(false);
  expect(canSkip(['*', '!foo'], 'foobar')).toBe(true);
});

test('on Windows a backslash separates names', () => {
  const matcher = createIgnoreMatcher(parseIgnoreFile(Buffer.from('a\\b\n')), 'win32');
  expect(matcher.isIgnored('a/b/c')).toBe(true);
});

function catchSyntaxError(run: () => unknown): IgnoreSyntaxError {
  try {
    run();
  } catch (error) {
    if (error instanceof IgnoreSyntaxError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
