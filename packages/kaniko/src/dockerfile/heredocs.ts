import { isExecForm, splitInstruction } from './instruction.ts';

/** A `<<NAME` word of an instruction. */
export interface Heredoc {
  /** The line that ends it. */
  readonly name: string;
  /** `<<-`: leading tabs of the terminator do not count. */
  readonly isChomped: boolean;
  /** A name with quotes: variables in the lines are left as they are. */
  readonly isQuoted: boolean;
}

const heredocWord = /^\d*<<(-?)\s*([^<\s][^<]*)$/;
const hosts = new Set(['RUN', 'COPY', 'ADD']);

/** The heredocs an instruction opens; none in the exec form and in instructions that take none. */
export function heredocsOf(text: string, escape: string): Heredoc[] {
  if (!text.includes('<<')) return [];
  let parts = splitInstruction(text, escape);
  if (parts.keyword === 'ONBUILD') parts = splitInstruction(parts.rest, escape);
  if (!hosts.has(parts.keyword) || isExecForm(parts.rest)) return [];
  return (rawWords(text) ?? []).flatMap((word) => {
    const [, dash, quoted] = heredocWord.exec(word) ?? [];
    if (quoted === undefined) return [];
    const name = unquote(quoted);
    return name === undefined ? [] : [{ name, isChomped: dash === '-', isQuoted: /['"]/.test(quoted) }];
  });
}

/** True for an instruction that is a heredoc and nothing else, such as `RUN <<EOF`: its lines are the command. */
export function isWholeHeredoc(rest: string): boolean {
  const words = rawWords(rest) ?? [];
  return words.length === 1 && heredocWord.test(words[0] ?? '');
}

/**
 * Splits at blanks outside quotes, with quotes and escapes kept, and blanks right after `<<` kept in their word.
 * Undefined when a quote stays open: the executor then sees no heredoc at all.
 */
function rawWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let position = 0;
  while (position < text.length) {
    const rest = text.slice(position);
    const piece =
      /^'[^']*'/.exec(rest)?.[0] ??
      /^"(?:[^"\\]|\\[^])*"/.exec(rest)?.[0] ??
      /^\\[^]?/.exec(rest)?.[0] ??
      /^<<\s*/.exec(rest)?.[0] ??
      rest[0] ??
      '';
    if (piece === "'" || piece === '"') return undefined;
    position += piece.length;
    if (/^\s$/.test(piece)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += piece;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/** The name without quotes and escapes; undefined when it is not one word. */
function unquote(quoted: string): string | undefined {
  const words = rawWords(quoted);
  if (words?.length !== 1) return undefined;
  return quoted
    .trim()
    .replace(
      /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
      (_, single?: string, double?: string, escaped?: string) =>
        single ?? double?.replace(/\\(["$\\])/g, '$1') ?? escaped ?? '',
    );
}
