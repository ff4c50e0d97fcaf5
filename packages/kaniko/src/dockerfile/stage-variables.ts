import { type BuildArguments, splitWords } from './global-arguments.ts';
import { type Instruction, splitInstruction } from './instruction.ts';
import { substitute, SubstitutionError, type Variables, type VariableScope } from './substitute.ts';

/** What `ENV` and `ARG` of a stage have set so far; a stage that is built on it gets the first only. */
export interface StageVariables {
  readonly env: Variables;
  readonly args: Variables;
}

/** Where an `ARG` takes its value from. */
export interface ArgumentSources {
  readonly buildArguments: BuildArguments;
  /** The `ARG`s before the first `FROM`. */
  readonly globals: Variables;
  readonly escape: string;
}

export const noVariables: StageVariables = { env: new Map(), args: new Map() };

/** The variables after an instruction. */
export function nextVariables(
  variables: StageVariables,
  { text, keyword }: Instruction,
  { buildArguments, globals, escape }: ArgumentSources,
): StageVariables {
  if (keyword !== 'ENV' && keyword !== 'ARG') return variables;
  const { rest } = splitInstruction(text, escape);
  const words = splitWords(rest, escape);
  if (keyword === 'ENV') {
    const env = new Map(variables.env);
    for (const [name, value] of environmentPairs(rest, words)) {
      set(env, name, resolveWord(value ?? '', variables));
    }
    return { ...variables, env };
  }
  const args = new Map(variables.args);
  for (const word of words) {
    const [name, value] = pairOf(word);
    const given = buildArguments[name];
    const byDefault = value === undefined ? globals.get(name) : resolveWord(value, { ...variables, args });
    set(args, name, given ?? byDefault);
  }
  return { ...variables, args };
}

/** The word with its variables replaced and without quotes; undefined where one of them is not known here, as those that a base image sets. */
export function resolveWord(word: string, { env, args }: StageVariables): string | undefined {
  const known: VariableScope = { get: (name) => env.get(name) ?? args.get(name) };
  const names = [...word.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  if (!names.every((name) => known.get(name) !== undefined)) return undefined;
  try {
    return substitute(word, known);
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    return undefined;
  }
}

function set(variables: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) variables.delete(name);
  else variables.set(name, value);
}

/** `ENV name value` in the old form has one. */
function environmentPairs(rest: string, words: readonly string[]): (readonly [string, string | undefined])[] {
  const [first = ''] = words;
  if (first.includes('=')) return words.map(pairOf);
  return [[first, rest.slice(first.length).trim()]];
}

function pairOf(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}
