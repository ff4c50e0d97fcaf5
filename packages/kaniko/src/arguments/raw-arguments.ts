import { KanikitError } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { type ExecutorFlag, executorFlags } from '../flags/flag-table.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { describeAvailability, findFlag, supportsFlag } from '../flags/supports-flag.ts';
import type { FlagValue } from './flag-value.ts';
import { reservedFlags } from './reserved-flags.ts';

/**
 * Reads arguments as the user typed them (`--flag=value`, `--flag value`, `-v value`), as pflag does.
 *
 * @throws KanikitError `flag-unknown`, `flag-unsupported`, `flag-reserved`, `flag-value-missing`, `executor-argument-invalid`
 */
export function parseRawArguments(raw: readonly string[], executor: ExecutorRelease): FlagValue[] {
  const values: FlagValue[] = [];
  for (let index = 0; index < raw.length; index += 1) {
    const argument = raw[index] ?? '';
    const { written, inlineValue } = splitArgument(argument, raw[index - 1]);
    const flag = flagOf(written, executor);
    let value = inlineValue;
    if (value === undefined && flag.type === 'boolean') value = 'true';
    if (value === undefined) {
      index += 1;
      value = raw[index];
    }
    if (value === undefined) throw valueMissing(written);
    values.push({ name: flag.renamedTo ?? flag.name, value });
  }
  return values;
}

interface WrittenFlag {
  /** As typed, with its dashes. */
  readonly written: string;
  readonly inlineValue: string | undefined;
}

function splitArgument(argument: string, before: string | undefined): WrittenFlag {
  const long = /^(--[^=]+)(?:=([\s\S]*))?$/.exec(argument);
  if (long?.[1] !== undefined) return { written: long[1], inlineValue: long[2] };
  const short = /^(-[^-=])(?:=?([\s\S]+))?$/.exec(argument);
  if (short?.[1] !== undefined) return { written: short[1], inlineValue: short[2] };
  const isBooleanValue = before !== undefined && /^(?:true|false)$/i.test(argument);
  throw new KanikitError({
    code: 'executor-argument-invalid',
    message: `Rendering the executor's arguments: "${argument.replace(/=.*/s, '=…')}" is not a flag, and the executor takes nothing else.`,
    hint: isBooleanValue
      ? `A boolean needs an equals sign: ${before}=${argument}.`
      : 'Write flags as --flag=value.',
  });
}

function flagOf(written: string, executor: ExecutorRelease): ExecutorFlag {
  const name = written.replace(/^--?/, '');
  const flag = written.startsWith('--')
    ? findFlag(name)
    : executorFlags.find((candidate) => candidate.short === name);
  const reserved = reservedFlags.get(flag?.renamedTo ?? flag?.name ?? name);
  if (reserved !== undefined) {
    throw new KanikitError({
      code: 'flag-reserved',
      message: `Rendering the executor's arguments: ${written} can't be passed through.`,
      hint: reserved,
    });
  }
  if (flag === undefined) throw unknownFlag(written, executor);
  if (!isSpelled(executor, flag)) throw unsupportedFlag(flag, executor);
  return flag;
}

/** True when the release has the flag under this or its other spelling. */
function isSpelled(executor: ExecutorRelease, flag: ExecutorFlag): boolean {
  return executorFlags.some(
    (candidate) =>
      (candidate.renamedTo ?? candidate.name) === (flag.renamedTo ?? flag.name) &&
      supportsFlag(executor, candidate.name),
  );
}

function unknownFlag(written: string, executor: ExecutorRelease): KanikitError {
  const names = executorFlags.map((flag) => flag.name).filter((name) => supportsFlag(executor, name));
  const found = nearestName(written.replace(/^--?/, ''), names);
  const renamed = found === undefined ? undefined : findFlag(found)?.renamedTo;
  // A release that has both spellings warns of the old one.
  const near = renamed !== undefined && supportsFlag(executor, renamed) ? renamed : found;
  return new KanikitError({
    code: 'flag-unknown',
    message: `Rendering the executor's arguments: Kaniko ${executor.version} (${executor.distribution}) has no flag ${written}.`,
    hint: near === undefined ? 'See the flags in its documentation.' : `Did you mean --${near}?`,
  });
}

/** The error for a flag that another release has. */
export function unsupportedFlag(flag: ExecutorFlag, executor: ExecutorRelease): KanikitError {
  return new KanikitError({
    code: 'flag-unsupported',
    message: `Rendering the executor's arguments: Kaniko ${executor.version} (${executor.distribution}) has no --${flag.name}.`,
    hint: `It exists in ${describeAvailability(flag)}. Choose another executor, or leave the flag out.`,
  });
}

function valueMissing(written: string): KanikitError {
  return new KanikitError({
    code: 'flag-value-missing',
    message: `Rendering the executor's arguments: ${written} has no value.`,
    hint: `Write ${written}=value.`,
  });
}

/**
 * The ids of build secrets that are given as raw arguments (`--secret=id=…`).
 *
 * @throws KanikitError as `parseRawArguments`
 */
export function parseSecretIds(raw: readonly string[], executor: ExecutorRelease): string[] {
  return parseRawArguments(raw, executor)
    .filter(({ name }) => name === 'secret')
    .flatMap(({ value }) => /(?:^|,)id=([^,]+)/.exec(value)?.[1] ?? []);
}
