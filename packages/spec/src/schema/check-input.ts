import { errorWords } from '@kanikit/toolkit/text';
import * as v from 'valibot';
import { KanikitError } from '../errors.ts';
import { describeFault, type Fault, pathTo } from './fault.ts';
import type { Schema } from './shapes.ts';
import { type UnreadablePart, unreadablePart } from './unreadable-part.ts';

export interface InputDescription {
  /** `request-invalid` for builds, `plugin-failed` for what plugins answer, `options-invalid` for the rest. */
  readonly code: 'request-invalid' | 'options-invalid' | 'plugin-failed';
  /** What the value is: "the build request". */
  readonly what: string;
  /** What its path begins with, e.g. `builds[2]`. @default nothing */
  readonly root?: string | undefined;
  /** What to do when no fault has more to say. @default to correct it */
  readonly hint?: string | undefined;
}

/** Faults that one message tells; the rest is seen once these are mended. */
const mostTold = 5;
/** Faults that are looked at for what they mean. */
const mostRead = 200;
/** A longer rest is not counted. */
const mostCounted = 100;

/**
 * A value of a caller as what its schema says it is.
 *
 * @throws KanikitError that names every field that is wrong by its path, and the name that a mistyped one means
 */
export function checkInput<T>(schema: Schema<T>, value: unknown, about: InputDescription): T {
  const faults = readFaults(schema, value, about);
  if (faults.length === 0) return value as T;
  const suggested = new Set(faults.map(({ suggestion }) => suggestion));
  // A name that is mistyped is missing, too.
  const told = distinct(faults)
    .filter(({ isMissing, path }) => !isMissing || !suggested.has(path))
    .toSorted((one, other) => Number(one.isMissing) - Number(other.isMissing));
  const hidden = told.length - mostTold;
  const words = told.slice(0, mostTold).map(({ message }) => message);
  const hints = told.slice(0, mostTold).flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
  throw new KanikitError({
    code: about.code,
    message: `Reading ${about.what}: ${words.join('; ')}${moreWords(hidden)}.`,
    hint:
      hints.length > 0 ? [...new Set(hints)].join(' ') : (about.hint ?? 'Correct what the message names.'),
  });
}

function readFaults(schema: Schema<unknown>, value: unknown, about: InputDescription): readonly Fault[] {
  const root = about.root ?? '';
  try {
    const { issues = [] } = v.safeParse(schema, value);
    return issues.slice(0, mostRead).map((issue) => describeFault(issue, value, root));
  } catch (error) {
    throw unreadable(unreadablePart(value) ?? { keys: [], error }, about);
  }
}

function unreadable(
  { keys, error }: UnreadablePart,
  { code, what, root = '' }: InputDescription,
): KanikitError {
  const path = pathTo(root, keys);
  return new KanikitError({
    code,
    message: `Reading ${what}: ${path === '' ? 'it' : path} can't be read: ${errorWords(error)}.`,
    hint: 'A getter or proxy of it throws. Give plain values.',
    cause: error,
  });
}

function moreWords(hidden: number): string {
  if (hidden <= 0) return '';
  return hidden > mostCounted ? `; and over ${mostCounted} more` : `; and ${hidden} more`;
}

/** A value may break several rules that have the same words. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}
