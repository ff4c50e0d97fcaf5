import { nearestName, oneLine } from '@kanikit/toolkit/text';
import type * as v from 'valibot';
import { isPlainObject } from './plain-object.ts';

/** Letters of a wrong value or name that a message repeats. */
const mostLetters = 60;

/** One thing that is wrong of a value. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly isMissing: boolean;
  /** Path of the field that was meant. */
  readonly suggestion: string | undefined;
}

/** @param root what its path begins with */
export function describeFault(issue: v.BaseIssue<unknown>, whole: unknown, root: string): Fault {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const path = pathTo(root, keys);
  const subject = path === '' ? 'it' : path;
  const fault = { path, isMissing: false, suggestion: undefined, hint: undefined };
  const right = Array.isArray(issue.requirement) ? (issue.requirement as readonly string[]) : [];
  if (issue.expected === 'never') {
    const near = meantBy(String(keys.at(-1)), right);
    const suggestion = near === undefined ? undefined : pathTo(root, [...keys.slice(0, -1), near]);
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

/** `builds[2].pod.env["a.b"]`. */
export function pathTo(root: string, keys: readonly unknown[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    const name = shortened(String(key));
    if (!/^[\p{L}_$][\p{L}\p{N}_$]*…?$/u.test(name)) return `${path}[${JSON.stringify(oneLine(name))}]`;
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
    return isNameKnown ? JSON.stringify(oneLine(shortened(value))) : 'a string';
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isPlainObject(value)) return 'an object';
  const name = makerOf(value);
  return name === '' ? 'an object that inherits its fields' : `an instance of ${name}`;
}

/** Name of the class of an object. */
function makerOf(value: object): string {
  try {
    const maker: unknown = (value as { constructor?: unknown }).constructor;
    const name: unknown = typeof maker === 'function' && maker !== Object ? maker.name : undefined;
    return typeof name === 'string' ? oneLine(shortened(name)) : '';
  } catch {
    // A getter of the caller's that throws: the name is for people only.
    return '';
  }
}

function shortened(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text;
}
