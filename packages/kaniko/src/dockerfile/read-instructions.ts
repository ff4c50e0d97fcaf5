import { nearestName, stripEnd } from '@kanikit/toolkit/text';
import { createDirectiveReader } from './directives.ts';
import { type Heredoc, heredocsOf } from './heredocs.ts';
import { type Instruction, splitInstruction } from './instruction.ts';
import { invalidDockerfile } from './invalid-dockerfile.ts';

const keywords =
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  );

/** The executor reads lines into a buffer of 64 KiB, line break included. */
const lineLimitBytes = 65_536;

/** Characters of a word that is no instruction: the longest one has 11. */
const mostShown = 16;

/** A Dockerfile's instructions, with the character that continues its lines. */
export interface DockerfileSource {
  readonly instructions: readonly Instruction[];
  readonly escape: string;
}

/**
 * Reads the instructions of a Dockerfile as the executor's parser (buildkit's) does: continuation lines joined with
 * their leading blanks, comments and empty lines between them dropped, the lines of heredocs kept apart.
 *
 * @throws KanikitError `dockerfile-invalid` with the line, for what no release of the executor can read
 */
export function readInstructions(text: string): DockerfileSource {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const directives = createDirectiveReader();
  const instructions: Instruction[] = [];
  let next = 0;
  while (next < lines.length) {
    const line = next + 1;
    const start = takeLine(lines, next).trimStart();
    directives.read(start, line);
    next += 1;
    const first = start.startsWith('#') ? '' : start;
    if (first === '') continue;
    const joined = joinContinuations(first, lines, next, directives.escape());
    next = joined.next;
    // A lone continuation character before the end of the file.
    if (joined.text.trim() === '') continue;
    const instruction = readInstruction(joined.text, line, directives.escape());
    const heredocTexts: string[] = [];
    for (const heredoc of heredocsOf(joined.text, directives.escape())) {
      const content = readHeredoc(heredoc, lines, next, line);
      next += content.length + 1;
      heredocTexts.push(content.map((each) => `${each}\n`).join(''));
    }
    instructions.push({ ...instruction, heredocTexts });
  }
  if (instructions.length === 0) {
    throw invalidDockerfile(undefined, 'it has no instructions', 'Start it with FROM image.');
  }
  return { instructions, escape: directives.escape() };
}

function joinContinuations(
  first: string,
  lines: readonly string[],
  from: number,
  escape: string,
): { text: string; next: number } {
  // A doubled escape character at the end continues nothing.
  const continuation = new RegExp(`([^\\${escape}])\\${escape}[ \\t]*$|^\\${escape}[ \\t]*$`);
  let text = first.replace(continuation, '$1');
  let isOpen = text !== first;
  let next = from;
  while (isOpen && next < lines.length) {
    const line = takeLine(lines, next);
    next += 1;
    const isDropped = line.trim() === '' || line.trimStart().startsWith('#');
    if (isDropped) continue;
    const content = line.replace(continuation, '$1');
    isOpen = content !== line;
    text += content;
  }
  return { text, next };
}

function takeLine(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  if (line.length * 3 >= lineLimitBytes && Buffer.byteLength(line) >= lineLimitBytes) {
    throw invalidDockerfile(
      index + 1,
      `the line is longer than ${lineLimitBytes - 1} bytes`,
      'Break it with a backslash at the end of the line.',
    );
  }
  return stripEnd(line, '\r');
}

function readInstruction(joined: string, line: number, escape: string): Omit<Instruction, 'heredocTexts'> {
  const text = joined.trim();
  const { keyword } = splitInstruction(text, escape);
  if (!keywords.includes(keyword)) {
    throw invalidDockerfile(line, `unknown instruction: ${quoteStart(keyword)}`, unknownHint(keyword));
  }
  return { keyword, text, line };
}

function unknownHint(keyword: string): string {
  const start = keyword.slice(0, longestHinted);
  if (likeBlank.test(start)) {
    const code = (likeBlank.exec(start)?.[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `The character U+${code} in it only looks like a blank, or like nothing: type it anew.`;
  }
  const near = nearestName(keyword, keywords);
  return near === undefined ? `Known ones are ${keywords.join(', ')}.` : `Did you mean ${near}?`;
}

/** Blanks and marks of typography and other scripts, as web pages and word processors put them into text; docker takes them for letters. */
const likeBlank = /[\u0085\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/;
const longestHinted = 200;

/** The lines up to the one that ends the heredoc. */
function readHeredoc(heredoc: Heredoc, lines: readonly string[], from: number, line: number): string[] {
  const content: string[] = [];
  for (let next = from; next < lines.length; next += 1) {
    const read = takeLine(lines, next);
    if ((heredoc.isChomped ? read.replace(/^\t+/, '') : read) === heredoc.name) return content;
    content.push(read);
  }
  throw invalidDockerfile(
    line,
    `the heredoc <<${heredoc.name} has no end`,
    `Close it with a line that holds ${heredoc.name} and nothing else.`,
  );
}

/** What is no Dockerfile may hold secrets, and no instruction is that long. Blanks that look like one (U+00A0) are shown as what they are. */
function quoteStart(keyword: string): string {
  const characters = Array.from(keyword);
  const start = characters
    .slice(0, mostShown)
    .join('')
    .replaceAll(/[\p{Z}\p{C}]/gu, codePoint);
  return characters.length > mostShown ? `${start}…` : start;
}

function codePoint(character: string): string {
  return `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`;
}
