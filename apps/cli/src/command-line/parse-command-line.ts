import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Command, Flag, ParsedValues } from './flag.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { expandShorts } from './expand-shorts.ts';
import { quoted, withoutValue } from './quoted.ts';
import { booleanOf, readFlagValue } from './read-flag-value.ts';
import { type GivenValue, settleFlags } from './settle-flags.ts';
import { unknownFlag } from './unknown-flag.ts';
import { usageError } from './usage-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type ParsedCommandLine =
  | { readonly kind: 'version' }
  | { readonly kind: 'overview' }
  | { readonly kind: 'help'; readonly command: Command }
  | { readonly kind: 'run'; readonly command: Command; readonly values: ParsedValues };

/**
 * Reads the arguments after the program's name.
 *
 * @throws KanikitError `usage`, naming what was not understood
 */
export function parseCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  env: Env,
): ParsedCommandLine {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'overview' };
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === 'help') return helpOf(rest, commands);
  const command = findCommand(first, commands);
  if (asksForHelp(rest)) return { kind: 'help', command };
  return { kind: 'run', command, values: parseFlags(rest, command, env) };
}

function helpOf(args: readonly string[], commands: readonly Command[]): ParsedCommandLine {
  const [name] = args;
  return name === undefined ? { kind: 'overview' } : { kind: 'help', command: findCommand(name, commands) };
}

function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = nearestName(
    name,
    commands.filter((candidate) => candidate.isHidden !== true).map((candidate) => candidate.name),
  );
  const what = name.startsWith('-') ? 'flag' : 'command';
  throw usageError(
    `Unknown ${what} "${withoutValue(name)}".`,
    meant === undefined ? 'Run "kanikit --help" for all commands.' : `Did you mean "kanikit ${meant}"?`,
  );
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

function parseFlags(args: readonly string[], command: Command, env: Env): ParsedValues {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  const passedThrough = end === -1 ? [] : args.slice(end + 1);
  if (passedThrough.length > 0 && command.passThrough === undefined) {
    throw usageError(
      `"kanikit ${command.name}" takes nothing after --, got "${withoutValue(passedThrough[0] ?? '')}".`,
    );
  }
  const { tokens } = parseArgs({
    args: expandShorts(own, command.flags),
    options: optionsOf(command),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const raw = new Map<string, string[]>();
  let last: OptionToken | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      refuseBooleanWord(token.value, last, command);
      positionals.push(token.value);
    }
    last = token.kind === 'option' ? token : undefined;
    if (token.kind !== 'option') continue;
    const value = checkedValue(token, command);
    raw.set(token.name, [...(raw.get(token.name) ?? []), value]);
  }
  checkCount(positionals, command);
  const found = Object.entries(command.flags).flatMap(([name, flag]): [string, GivenValue][] => {
    const value = readFlagValue(name, flag, raw.get(name), env);
    return value === undefined ? [] : [[name, value]];
  });
  const settled = settleFlags(command.flags, new Map(found));
  const flags = Object.fromEntries(
    Object.entries(command.flags).map(([name, flag]) => [name, settled.get(name)?.value ?? emptyValue(flag)]),
  );
  return { args: positionals, passedThrough, flags, given: new Set(raw.keys()) };
}

/** What a flag is where it is not given. */
export function emptyValue({ type }: Flag): unknown {
  if (type === 'list') return [];
  return type === 'pairs' ? {} : undefined;
}

/** `--push false` is `--push` and a context called `false`, which nobody means. */
function refuseBooleanWord(word: string, before: OptionToken | undefined, command: Command): void {
  const flag = before === undefined ? undefined : command.flags[before.name];
  if (before === undefined || flag?.type !== 'boolean' || before.value !== undefined) return;
  if (!/^(?:true|false)$/i.test(word)) return;
  throw usageError(
    `${before.rawName} takes its value behind an equals sign, got "${word}" as an argument.`,
    `Write --${before.name}=${word.toLowerCase()}, or ./${word} for a file of that name.`,
  );
}

function optionsOf(command: Command): ParseArgsOptionsConfig {
  const entries = Object.entries(command.flags).map(([name, flag]) => [
    name,
    {
      // What may stand without a value takes none from the next argument.
      type:
        flag.type === 'boolean' || flag.whenBare !== undefined ? ('boolean' as const) : ('string' as const),
      ...(flag.short === undefined ? {} : { short: flag.short }),
    },
  ]);
  return Object.fromEntries(entries) as ParseArgsOptionsConfig;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkedValue(token: OptionToken, command: Command): string {
  const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined;
  if (flag === undefined) throw unknownFlag(token.rawName, command);
  const { rawName } = token;
  if (flag.type === 'boolean') {
    const text = token.value ?? 'true';
    booleanOf(text, rawName);
    return text;
  }
  const value = token.value ?? flag.whenBare;
  if (value === undefined) throw missingValue(rawName, flag);
  const isFlagInstead = token.inlineValue !== true && value.length > 1 && isFlag(value, command);
  if (isFlagInstead) throw missingValue(rawName, flag, value);
  return value;
}

function isFlag(text: string, command: Command): boolean {
  const [name = ''] = text.split('=');
  return Object.entries(command.flags).some(
    ([long, { short }]) => name === `--${long}` || name === `-${short}`,
  );
}

function missingValue(rawName: string, flag: Flag, next?: string): Error {
  const shownNext = next === undefined ? '' : withoutValue(next);
  const found = next === undefined ? '' : `, but "${shownNext}" is the next flag`;
  const hint =
    next === undefined
      ? undefined
      : `If "${shownNext}" is meant as the value, write ${rawName}=${shownNext}.`;
  return usageError(`${rawName} needs a value (${flag.value ?? 'VALUE'})${found}.`, hint);
}

function checkCount(positionals: readonly string[], command: Command): void {
  const { min, max, usage } = command.args ?? { min: 0, max: 0, usage: '' };
  if (positionals.length < min) {
    throw usageError(
      `"kanikit ${command.name}" needs an argument: ${usage}`,
      `Run "kanikit ${command.name} --help" for examples.`,
    );
  }
  const extra = positionals[max];
  if (extra !== undefined) {
    throw usageError(`"kanikit ${command.name}" does not take the argument ${quoted(extra)}.`);
  }
}
