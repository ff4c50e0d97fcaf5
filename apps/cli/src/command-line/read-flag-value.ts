import { nearestName, parseBoolean } from '@kanikit/toolkit/text';
import type { Flag } from './flag.ts';
import { quoted } from './quoted.ts';
import type { GivenValue } from './settle-flags.ts';
import { usageError } from './usage-error.ts';

/**
 * A flag's value from the command line, else from its environment variable; undefined where neither has one. Of a flag given twice the last one
 * counts, unless it is a list.
 *
 * @throws KanikitError `usage`
 */
export function readFlagValue(
  name: string,
  flag: Flag,
  given: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): GivenValue | undefined {
  const { contradiction } = flag;
  const fromEnv = flag.env === undefined ? undefined : env[flag.env];
  if (given !== undefined) {
    refuseSeveral(name, flag, given);
    const value = valueOf(flag, given, `--${name}`);
    const source = value === false ? `--${name}=false` : `--${name}`;
    return { value, source, isFromEnvironment: false, contradiction };
  }
  if (fromEnv === undefined || fromEnv === '') return undefined;
  const source = flag.env ?? '';
  return { value: valueOf(flag, [fromEnv], source), source, isFromEnvironment: true, contradiction };
}

function refuseSeveral(name: string, { onlyOnce }: Flag, given: readonly string[]): void {
  const values = [...new Set(given)];
  if (onlyOnce === undefined || values.length === 1) return;
  throw usageError(`--${name} takes one value, got ${values.map(quoted).join(' and ')}.`, onlyOnce);
}

function valueOf(flag: Flag, texts: readonly string[], source: string): unknown {
  if (flag.type === 'list') return texts;
  if (flag.type === 'pairs') return Object.fromEntries(texts.map((text) => pairOf(text, source)));
  const text = texts.at(-1) ?? '';
  switch (flag.type) {
    case 'boolean':
      return booleanOf(text, source);
    case 'choice':
      return choiceOf(text, flag, source);
    case 'number':
      return wholeNumber(text, source);
    case 'duration':
      return duration(text, source);
    default:
      if (text === '') throw usageError(`${source} needs a value, got an empty one.`);
      return text;
  }
}

/**
 * On or off, as docker, kubectl and the executor read it.
 *
 * @throws KanikitError `usage`
 */
export function booleanOf(text: string, source: string): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw usageError(`${source} is on or off, got ${quoted(text)}.`, 'Write true or false, 1 or 0.');
}

function pairOf(text: string, source: string): [string, string | undefined] {
  const equals = text.indexOf('=');
  const key = equals === -1 ? text : text.slice(0, equals);
  if (key === '') throw usageError(`${source} needs KEY=VALUE; the key is missing.`);
  return [key, equals === -1 ? undefined : text.slice(equals + 1)];
}

function choiceOf(
  text: string,
  { choices = [], otherWords = {}, foreignValues }: Flag,
  source: string,
): string {
  if (choices.includes(text)) return text;
  if (foreignValues?.pattern.test(text) === true)
    throw usageError(`${source} takes ${choices.join(', ')}; got ${quoted(text)}.`, foreignValues.hint);
  const meant = Object.hasOwn(otherWords, text) ? otherWords[text] : nearestName(text, choices);
  throw usageError(
    `${source} takes ${choices.join(', ')}; got ${quoted(text)}.`,
    meant === undefined ? undefined : `Did you mean ${meant}?`,
  );
}

function wholeNumber(text: string, source: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw usageError(`${source} takes a whole number, got ${quoted(text)}.`);
  }
  return value;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const longestMs = 365 * 86_400_000;

function duration(text: string, source: string): number {
  const isWhole = /^(?:\d+[dhms])+$/.test(text);
  const parts = [...text.matchAll(/(?<!\d)(\d+)([dhms])/g)];
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  if (!isWhole || ms === 0 || ms > longestMs) {
    throw usageError(
      `${source} takes a time such as 90s, 30m, 1h30m or 7d, at most 365d; got ${quoted(text)}.`,
    );
  }
  return ms;
}
