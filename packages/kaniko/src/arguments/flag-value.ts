import { KanikitError } from '@kanikit/spec';
import { parseBoolean } from '@kanikit/toolkit/text';
import type { ExecutorFlag } from '../flags/flag-table.ts';

/** One flag with its value, under the name newer releases use. */
export interface FlagValue {
  readonly name: string;
  readonly value: string;
}

/** Go's `time.ParseDuration`. */
const durationPattern = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
/** Go's `strconv.ParseInt` with base 0. */
const integerPattern = /^[+-]?(?:\d[\d_]*|0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$/;

/** Whether a Go boolean means true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && parseBoolean(value) === true;
}

/**
 * Checks a value the way the executor would, before anything starts.
 *
 * @throws KanikitError `flag-value-invalid`
 */
export function checkFlagValue(flag: ExecutorFlag, value: string): void {
  const expected = expectation(flag, value);
  if (expected === undefined) return;
  throw new KanikitError({
    code: 'flag-value-invalid',
    message: `Rendering the executor's arguments: --${flag.name} does not take "${value}".`,
    hint: `It takes ${expected}.`,
  });
}

function expectation(flag: ExecutorFlag, value: string): string | undefined {
  if (flag.values !== undefined) {
    const given = flag.name === 'verbosity' ? value.toLowerCase() : value;
    return flag.values.includes(given) ? undefined : `one of ${flag.values.join(', ')}`;
  }
  switch (flag.type) {
    case 'boolean':
      return parseBoolean(value) === undefined ? 'true or false' : undefined;
    case 'duration':
      return durationPattern.test(value) ? undefined : 'a Go duration such as 90m or 336h';
    case 'integer':
      return integerPattern.test(value) ? undefined : 'a whole number';
    case 'key-value':
      return value.includes('=') ? undefined : 'key=value';
    case 'string':
      return undefined;
    default:
      return flag.type satisfies never;
  }
}
