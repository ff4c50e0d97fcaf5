import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from './commands.ts';
import { parseCommandLine } from './parse-command-line.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const pages = globSync(['README.md', 'docs/**/*.md', '{packages,apps}/*/README.md'], { cwd: root });

interface Documented {
  readonly page: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** Lines of shell blocks that call the command, cut at pipes and comments. */
function commandsOf(page: string): readonly Documented[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([^]*?)^```/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/, '').split(/\||&&/))
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => /^(?:\.\/)?kanikit /.test(line))
    .map((line) => ({ page, line, words: wordsOf(line).slice(1) }));
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .filter((word) => !/^[<>]/.test(word) && word !== '…');
}

const documented = pages.flatMap((page) => commandsOf(page));

test('the pages show commands', () => {
  expect(documented.length).toBeGreaterThan(30);
});

test.each(documented)('$page: $line', ({ page, words }) => {
  expect(() => parseCommandLine(words, commands, {}), page).not.toThrow();
});
