import type { KanikitError } from '@kanikit/spec';
import type { Command } from './flag.ts';
import { executorFlagHints } from './foreign-flags.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { usageError } from './usage-error.ts';

/** Said of a flag that a command does not have; kept as the cause of the error. */
interface UnknownFlag {
  readonly unknownFlag: string;
}

/** A flag that a command does not have: a foreign one is told as that, else a similar one is suggested. */
export function unknownFlag(rawName: string, command: Command): KanikitError {
  const name = rawName.replace(/^--?/, '');
  const foreign = known(command.foreignFlags, name);
  const message = `"kanikit ${command.name}" has no flag ${rawName}.`;
  if (foreign !== undefined) return usageError(message, foreign);
  const meant = nearestName(
    rawName,
    Object.keys(command.flags).map((own) => `--${own}`),
  );
  const passOn = command.passThrough === undefined ? '' : ` Flags of the executor go after --.`;
  const hint =
    meant === undefined ? `Run "kanikit ${command.name} --help" for all flags.` : `Did you mean ${meant}?`;
  const cause: UnknownFlag | undefined =
    command.passThrough === undefined ? undefined : { unknownFlag: name };
  return usageError(message, `${hint}${passOn}`, cause);
}

/**
 * The same error with a better hint, if the flag is one of the executor. That takes the table of its flags, which is loaded only now: most command lines
 * are right.
 */
export async function withExecutorHint(error: KanikitError): Promise<KanikitError> {
  const { unknownFlag: name } = (error.cause ?? {}) as Partial<UnknownFlag>;
  if (error.code !== 'usage' || name === undefined) return error;
  const { findFlag } = await import('@kanikit/kaniko');
  const flag = findFlag(name);
  if (flag === undefined && known(executorFlagHints, name) === undefined) return error;
  const current = flag?.renamedTo ?? name;
  const value = flag === undefined || flag.type === 'boolean' ? '' : `=${flag.values?.[0] ?? 'VALUE'}`;
  const own = known(executorFlagHints, current) ?? `Write it behind --, as in: -- --${current}${value}`;
  return usageError(error.message, `It is a flag of the executor. ${own}`);
}

function known(table: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
