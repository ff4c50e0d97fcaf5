import { nearestName, oneLine } from '@kanikit/toolkit/text';
import * as v from 'valibot';
import { KanikitError } from '../errors.ts';
import { isPlainObject } from './plain-object.ts';
import type { Schema } from './shapes.ts';

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
/** Letters of a wrong value that a message repeats. */
const mostLetters = 40;

/**
 * A value of a caller as what its schema says it is.
 *
 * @throws KanikitError that names every field that is wrong by its path, and the name that a mistyped one means
 */
export function checkInput<T>(schema: Schema<T>, value: unknown, about: InputDescription): T {
  const { issues } = v.safeParse(schema, value);
  if (issues === undefined) return value as T;
  const faults = issues.map((issue) => describe(issue, value, about));
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
    message: `Reading ${about.what}: ${words.join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}.`,
    hint:
      hints.length > 0 ? [...new Set(hints)].join(' ') : (about.hint ?? 'Correct what the message names.'),
  });
}

/** A value may break several rules that have the same words. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}

interface Fault {
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly isMissing: boolean;
  /** Path of the field that was meant. */
  readonly suggestion: string | undefined;
}

function describe(issue: v.BaseIssue<unknown>, whole: unknown, about: InputDescription): Fault {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const root = about.root ?? '';
  const path = pathOf(root, keys);
  const subject = path === '' ? 'it' : path;
  const fault = { path, isMissing: false, suggestion: undefined, hint: undefined };
  const right = Array.isArray(issue.requirement) ? (issue.requirement as readonly string[]) : [];
  if (issue.expected === 'never') {
    const near = meantBy(String(keys.at(-1)), right);
    const suggestion = near === undefined ? undefined : pathOf(root, [...keys.slice(0, -1), near]);
    const hint = suggestion === undefined ? `There are: ${right.join(', ')}.` : `Did you mean ${suggestion}?`;
    return { ...fault, message: `${subject} is not known`, hint, suggestion };
  }
  const value = valueAt(whole, keys);
  if (value === undefined) {
    const expected = right[0] !== undefined && issue.type !== 'picklist' ? right[0] : issue.message;
    return { ...fault, isMissing: true, message: `${subject} is missing: it must be ${expected}` };
  }
  const isNameKnown = issue.type === 'picklist' && typeof value === 'string';
  const near = isNameKnown ? nearestName(value, right) : undefined;
  const hint = near === undefined ? howToGive(value, issue.message) : `Did you mean "${near}"?`;
  return {
    ...fault,
    message: `${subject} must be ${issue.message}, and is ${shown(value, isNameKnown)}`,
    hint,
  };
}

/** How a value of a class becomes what is expected: its own words where the class is one that scripts have at hand. */
function howToGive(value: unknown, expected: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlainObject(value)) {
    return undefined;
  }
  const isText = expected.startsWith('a string');
  if (value instanceof Promise) return 'Await it first.';
  if (value instanceof AbortController && expected === 'an AbortSignal') return 'Give its signal.';
  if (value instanceof URL && isText) return 'Give its href, or fileURLToPath(url) for a path.';
  if (Symbol.iterator in value && expected === 'a list') return 'Give an array: Array.from(it).';
  if (value instanceof Map) return 'Give a plain object: Object.fromEntries(map).';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    if (expected.includes('Uint8Array')) return 'Give new Uint8Array(it).';
    return isText ? 'Give a string: Buffer.from(it).toString().' : undefined;
  }
  return expected.includes('object') ? plainHint : undefined;
}

const plainHint =
  'Give a plain object, as a literal or JSON makes it: fields of classes and prototypes get lost.';

/** What other tools call a field. */
const otherNames: Readonly<Record<string, string>> = {
  tag: 'destinations',
  tags: 'destinations',
  image: 'destinations',
  images: 'destinations',
  file: 'dockerfile',
  args: 'buildArgs',
  platforms: 'platform',
};

function meantBy(name: string, known: readonly string[]): string | undefined {
  const other = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
  return other !== undefined && known.includes(other) ? other : nearestName(name, known);
}

function pathOf(root: string, keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = String(key);
    if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return `${path}[${JSON.stringify(oneLine(name))}]`;
    return path === '' ? name : `${path}.${name}`;
  }, root);
}

function valueAt(whole: unknown, keys: readonly unknown[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key as string) : undefined,
    whole,
  );
}

/** A wrong value without its words, which may be a secret, unless it stands where only known words may. */
function shown(value: unknown, isNameKnown: boolean): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (value.trim() === '') return 'empty';
    return isNameKnown ? JSON.stringify(oneLine(value).slice(0, mostLetters)) : 'a string';
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isPlainObject(value)) return 'an object';
  const maker: unknown = (value as { constructor?: unknown }).constructor;
  const name = typeof maker === 'function' && maker !== Object ? oneLine(maker.name) : '';
  return name === '' ? 'an object that inherits its fields' : `an instance of ${name}`;
}
