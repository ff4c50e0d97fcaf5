import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

/**
 * Pairs that all have a value; one without gets `fallback`.
 *
 * @throws KanikitError `usage` where there is none
 */
export function withValues(
  pairs: Readonly<Record<string, string | undefined>>,
  flag: string,
  fallback: string | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(pairs).map(([key, value]) => {
      const known = value ?? fallback;
      if (known === undefined) throw usageError(`${flag} needs KEY=VALUE, got ${quoted(key)}.`);
      return [key, known];
    }),
  );
}
