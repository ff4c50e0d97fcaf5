import type { Flag } from './flag.ts';

/**
 * Writes `-q=false`, `-f=PATH` and `-qf=PATH` with the long name of the flag, as pflag reads them; Node's parser takes the equals sign for a part of the
 * value.
 */
export function expandShorts(args: readonly string[], flags: Readonly<Record<string, Flag>>): string[] {
  const longOf = (short: string): string | undefined =>
    Object.keys(flags).find((name) => flags[name]?.short === short);
  const isBoolean = (short: string): boolean => flags[longOf(short) ?? '']?.type === 'boolean';
  return args.flatMap((arg, position) => {
    const [, before = '', last = '', value = ''] = /^-([A-Za-z]*)([A-Za-z])=(.*)$/s.exec(arg) ?? [];
    const long = longOf(last);
    const isValue = isValueOf(args[position - 1], flags);
    if (long === undefined || isValue || !Array.from(before).every(isBoolean)) return [arg];
    return [...(before === '' ? [] : [`-${before}`]), `--${long}=${value}`];
  });
}

/** True behind a flag that takes the next argument, whatever that looks like. */
function isValueOf(before: string | undefined, flags: Readonly<Record<string, Flag>>): boolean {
  return Object.entries(flags).some(
    ([name, { short, type, whenBare }]) =>
      type !== 'boolean' &&
      whenBare === undefined &&
      (before === `--${name}` || (short !== undefined && before === `-${short}`)),
  );
}
