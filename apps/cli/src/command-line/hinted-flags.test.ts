import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { flagsOfSettings, hintInFlags } from '../text/in-flags.ts';
import { commands } from './commands.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const flags = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));

/** Flags of other programs: `kubectl`, `tar`, a whole command line of `kanikit`, and instructions of a Dockerfile. */
const foreign =
  /\b(?:kubectl|oc|tar|sudo|unshare|kanikit (?:demo|sandbox)) [^`'";:,)]*|\b(?:RUN|COPY|FROM) --[^ ,;:]+/g;

const sentences = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.test\b|test\.helper|\/testing\/|message-templates|flag-table/.test(file))
  .flatMap((file) =>
    readFileSync(root + file, 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(?:\*|\/[*/])/.test(line))
      .flatMap((line) => textsOf(line).map((text) => ({ file, text }))),
  );

test('no package names a flag of the command: hints name settings, which the command tells as flags', () => {
  const named = sentences.flatMap(({ file, text }) => {
    const words = text.replaceAll(foreign, '');
    // With a value it may be quoted from the executor's arguments, unless the user is told to use it.
    return [...words.matchAll(/(?<![\w-])--([a-z][a-z-]*)(?![\w=-])|\b(?:Use|Give|Set) --([a-z][a-z-]*)=/g)]
      .filter(([, bare, valued]) => flags.has(bare ?? valued ?? ''))
      .map(([flag]) => ({ file, flag, text }));
  });
  expect(named).toEqual([]);
  expect(sentences.filter(({ text }) => /(?:^|[ (])-t [a-z]+\./.test(text))).toEqual([]);
});

test('every setting that a hint names is one that the command has a flag for', () => {
  const marks = sentences
    .filter(({ file }) => !file.startsWith('packages/sandbox/src/kubernetes/'))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/`[\w.]+(?:\(.*?\)|: [^`]*)?`/g)].map(([mark]) => ({
        file,
        mark,
        words: hintInFlags(mark),
      })),
    );
  expect(marks.length).toBeGreaterThan(60);
  expect(marks.filter(({ mark, words }) => mark === words)).toEqual([]);
});

test('the command has every flag that a setting is told as', () => {
  const unknown = Object.values(flagsOfSettings).filter(
    (words) => words.startsWith('--') && !flags.has(words.slice(2)),
  );
  expect(unknown).toEqual([]);
});

test('pages that messages name are addresses of pages that exist', () => {
  const base = 'https://github.com/kanikit/kanikit/blob/main/';
  const named = sentences.flatMap(({ file, text }) =>
    [...text.matchAll(/(\S*)docs\/([\w/-]+\.md)/g)].map(([, before = '', page = '']) => ({
      file,
      before: before.replace(/^\(/, ''),
      page,
    })),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ before, page }) => before !== base || !existsSync(`${root}docs/${page}`))).toEqual(
    [],
  );
});

/** Texts of a line of source: its sentences, or the flag that a table holds. An escaped backquote is a mark. */
function textsOf(line: string): readonly string[] {
  const alone = /: '(--[a-z-]+)',?$/.exec(line)?.[1];
  if (alone !== undefined) return [alone];
  const texts = line.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [];
  return texts.map((text) => text.slice(1, -1).replaceAll('\\`', '`')).filter((text) => / \S/.test(text));
}
