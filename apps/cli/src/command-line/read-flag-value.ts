import type { Flag } from './flag.ts';
import { suggest } from './suggest.ts';
import { usageError } from './usage-error.ts';

/**
 * A flag's value from the command line, else from its environment variable. Of a flag given twice the last one counts, unless it is a list.
 *
 * @throws KanikitError `usage`
 */
export function readFlagValue(
  name: string,
  flag: Flag,
  given: readonly (string | boolean)[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  if (flag.type === 'boolean') return given?.at(-1);
  const texts = (given ?? []) as readonly string[];
  if (flag.type === 'list') return texts;
  if (flag.type === 'pairs') return Object.fromEntries(texts.map((text) => pairOf(text, `--${name}`)));
  const fromEnv = flag.env === undefined || env[flag.env] === '' ? undefined : env[flag.env];
  const text = texts.at(-1) ?? fromEnv;
  const source = texts.length === 0 ? (flag.env ?? '') : `--${name}`;
  if (text === undefined) return undefined;
  switch (flag.type) {
    case 'choice':
      return choiceOf(text, flag.choices ?? [], source);
    case 'number':
      return wholeNumber(text, source);
    case 'duration':
      return duration(text, source);
    default:
      if (text === '') throw usageError(`${source} needs a value, got an empty one.`);
      return text;
  }
}

function pairOf(text: string, source: string): [string, string | undefined] {
  const equals = text.indexOf('=');
  const key = equals === -1 ? text : text.slice(0, equals);
  if (key === '') throw usageError(`${source} needs KEY=VALUE, got "${text}".`);
  return [key, equals === -1 ? undefined : text.slice(equals + 1)];
}

function choiceOf(text: string, choices: readonly string[], source: string): string {
  if (choices.includes(text)) return text;
  const meant = suggest(text, choices);
  throw usageError(
    `${source} takes ${choices.join(', ')}; got "${text}".`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
}

function wholeNumber(text: string, source: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw usageError(`${source} takes a whole number, got "${text}".`);
  }
  return value;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const longestMs = 365 * 86_400_000;

function duration(text: string, source: string): number {
  const isWhole = /^(?:\d+[dhms])+$/.test(text);
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  if (!isWhole || ms === 0 || ms > longestMs) {
    throw usageError(`${source} takes a time such as 90s, 30m, 1h30m or 7d, at most 365d; got "${text}".`);
  }
  return ms;
}
