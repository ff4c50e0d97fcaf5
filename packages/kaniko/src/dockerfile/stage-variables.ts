import { type BuildArguments, splitWords } from './global-arguments.ts';
import { type Instruction, splitInstruction } from './instruction.ts';
import { type LayeredMap, layeredMap } from './layered-map.ts';
import { substitute, SubstitutionError, type Variables, type VariableScope } from './substitute.ts';

/** What `ENV` and `ARG` of a stage have set so far. */
export interface StageVariables {
  readonly env: LayeredMap<string>;
  readonly args: Map<string, string>;
}

/** Where an `ARG` takes its value from. */
export interface ArgumentSources {
  readonly buildArguments: BuildArguments;
  /** The `ARG`s before the first `FROM`. */
  readonly globals: Variables;
  readonly escape: string;
}

/** The variables that a stage begins with: those that `ENV` set in the stage it is built on. */
export function variablesOn(base: StageVariables | undefined): StageVariables {
  return { env: base?.env.above() ?? layeredMap(), args: new Map() };
}

/** Adds to the variables what an instruction sets. */
export function setVariables(
  variables: StageVariables,
  { text, keyword }: Instruction,
  { buildArguments, globals, escape }: ArgumentSources,
): void {
  if (keyword !== 'ENV' && keyword !== 'ARG') return;
  const { rest } = splitInstruction(text, escape);
  const words = splitWords(rest, escape);
  if (keyword === 'ENV') {
    // The words of one ENV do not see each other.
    const values = environmentPairs(rest, words).map(
      ([name, value]) => [name, resolveWord(value ?? '', variables)] as const,
    );
    for (const [name, value] of values) set(variables.env, name, value);
    return;
  }
  for (const word of words) {
    const [name, value] = pairOf(word);
    const given = buildArguments[name];
    const byDefault = value === undefined ? globals.get(name) : resolveWord(value, variables);
    set(variables.args, name, given ?? byDefault);
  }
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

function set(
  variables: Pick<LayeredMap<string>, 'set' | 'delete'>,
  name: string,
  value: string | undefined,
): void {
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
