import { type Instruction, splitInstruction } from './instruction.ts';
import { invalidDockerfile } from './invalid-dockerfile.ts';
import { substitute, SubstitutionError, type Variables, type VariableScope } from './substitute.ts';

/** Build args by name; undefined values are not given. */
export type BuildArguments = Readonly<Record<string, string | undefined>>;

/**
 * The variables that `FROM` lines see: `ARG`s before the first `FROM`, each resolved with those before it, and every
 * build arg, declared or not. An empty build arg does not override, and one that holds an equals sign is cut there: so the executor does.
 *
 * @throws KanikitError `dockerfile-invalid`
 */
export function globalVariables(
  declarations: readonly Instruction[],
  buildArguments: BuildArguments,
  escape: string,
): Variables {
  const given = Object.entries(buildArguments).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const overriding = new Map(given);
  const declared = new Map<string, string>();
  const scope: VariableScope = { get: (name) => overriding.get(name) ?? declared.get(name) };
  for (const { text, line } of declarations) {
    for (const word of splitWords(splitInstruction(text, escape).rest, escape)) {
      const equals = word.indexOf('=');
      if (equals === -1) continue;
      const value = withoutQuotes(word.slice(equals + 1), line);
      declared.set(word.slice(0, equals), substituted(value, scope, line));
    }
  }
  const variables = new Map(declared);
  for (const [name, value] of given) {
    const [effective = ''] = value.split('=');
    if (effective !== '') variables.set(name, effective);
  }
  return variables;
}

/** Substitutes with an error that names the line. */
export function substituted(word: string, variables: VariableScope, line: number): string {
  try {
    return substitute(word, variables);
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    throw invalidDockerfile(line, `${shown(word)}: ${error.message}`, 'Correct the variable in that line.');
  }
}

/** Longest word that an error shows whole. */
const mostShown = 200;

function shown(word: string): string {
  return word.length > mostShown ? `${word.slice(0, mostShown)}…` : word;
}

function withoutQuotes(value: string, line: number): string {
  if (value.length < 2) return value;
  const leader = /^(?:\\?['"])/.exec(value)?.[0] ?? '';
  const tail = leader.length === 2 ? (/\\['"]$/.exec(value)?.[0] ?? '') : (/['"]$/.exec(value)?.[0] ?? '');
  if (leader !== tail) {
    throw invalidDockerfile(
      line,
      `the quotes around ${shown(value)} do not match`,
      'Close the quote it opens with.',
    );
  }
  return leader.length === 1 ? value.slice(1, -1) : value;
}

/** Splits at blanks outside quotes; quotes and escapes stay in the words. */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position] ?? '';
    if (character === escape && quote !== "'" && position + 1 < text.length) {
      position += 1;
      word += character + (text[position] ?? '');
    } else if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (character === quote) quote = '';
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      word += character;
    }
  }
  if (word !== '') words.push(word);
  return words;
}
