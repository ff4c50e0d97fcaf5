import * as v from 'valibot';
import { isPlainObject } from './plain-object.ts';

/** Accepts values of this type. The message of each schema says what a value must be: "a string". */
export type Schema<T> = v.GenericSchema<T>;

type AnySchema = v.GenericSchema;
type Dataset = v.OutputDataset<unknown, v.BaseIssue<unknown>>;

/** Timers of Node end at once beyond this, in milliseconds: 24 days. */
export const longestTimerMs = 2_147_483_647;

/** A string that says something. */
export const text: Schema<string> = v.pipe(
  v.string('a string'),
  v.check((value) => value.trim() !== '', 'a string that is not empty'),
);

/** A string that may be empty. */
export const anyText: Schema<string> = v.string('a string');

export const flag: Schema<boolean> = v.boolean('true or false');

/** The value that turns a setting off. */
export const off: Schema<false> = v.literal(false, 'false');

export const anything: Schema<unknown> = v.unknown();

/** A whole number in these bounds. */
export function count(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
  const what = `a whole number of at least ${least}${upTo}`;
  return v.pipe(v.number(what), v.integer(what), v.minValue(least, what), v.maxValue(most, what));
}

/** One of these words. */
export function choice<const Names extends readonly string[]>(...names: Names): Schema<Names[number]> {
  const what = names.map((name) => `"${name}"`).join(' or ');
  return told(v.picklist(names, what), () => names);
}

/** A value of a kind that this says yes to. */
export function such<T>(isSuch: (value: unknown) => boolean, what: string): Schema<T> {
  return v.custom<T>(isSuch, what);
}

/** Faults of a list that are looked for: one of millions of wrong items is told as fast as one of a few. */
const mostFaults = 1_000;

export function list<T>(of: Schema<T>): v.ArraySchema<Schema<T>, string> {
  const schema = v.array(of, 'a list');
  const run = schema['~run'].bind(schema);
  return replaceRun(schema, (dataset, config) => {
    const input = dataset.value;
    if (!Array.isArray(input)) return run(dataset, config);
    const issues: v.BaseIssue<unknown>[] = [];
    for (let key = 0; key < input.length && issues.length < mostFaults; key += 1) {
      const value: unknown = input[key];
      for (const issue of of['~run']({ value }, config).issues ?? []) {
        issues.push({
          ...issue,
          path: [{ type: 'array', origin: 'value', input, key, value }, ...(issue.path ?? [])],
        });
      }
    }
    const [first, ...others] = issues;
    return first === undefined
      ? { typed: true, value: input }
      : { typed: false, value: input, issues: [first, ...others] };
  });
}

/** A field that may be left out, or be undefined. */
export function maybe<S extends AnySchema>(schema: S): v.OptionalSchema<S, undefined> {
  return v.optional(schema);
}

/** An object whose names and prototype do not matter, as `process.env`. */
export function openRecord<T>(of: Schema<T>): v.RecordSchema<Schema<string>, Schema<T>, string> {
  return v.record(anyText, of, 'an object');
}

/** An object with these fields and no others. */
export function fields<const Entries extends v.ObjectEntries>(
  entries: Entries,
  what = 'a plain object',
): v.StrictObjectSchema<Entries, string> {
  const known = Object.keys(entries);
  const schema = plain(v.strictObject(entries, what), what);
  return told(schema, (issue) => {
    if (issue.expected === 'never') return known;
    return [expectationOf(entries, issue)];
  });
}

/** What the field that an issue is about must be. */
function expectationOf(entries: v.ObjectEntries, { path }: v.BaseIssue<unknown>): string {
  const schema = entries[String(path?.at(-1)?.key)];
  return schema !== undefined && 'message' in schema ? String(schema.message) : 'given';
}

/** An object with at least these members, be they its own or of its class: a plugin, a signal. */
export function instance<T>(what: string, members: { readonly [Name in keyof T]-?: AnySchema }): Schema<T> {
  const schema = v.looseObject(members as v.ObjectEntries, what);
  return told(schema, (issue) => [expectationOf(schema.entries, issue)]) as unknown as Schema<T>;
}

export function method(): Schema<(...inputs: never[]) => unknown> {
  return such((value) => typeof value === 'function', 'a function');
}

/** A function, to be told of something. */
export function callback<T>(): Schema<(item: T) => void> {
  return such((value) => typeof value === 'function', 'a function');
}

export const abortSignal: Schema<AbortSignal> = such(
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
  'an AbortSignal',
);

/** The schema that a look at the value chooses. */
export function chosen<T>(choose: (value: unknown) => Schema<T>): Schema<T> {
  return v.lazy(choose);
}

/** Objects that one field tells apart. */
export function variants<const Options extends readonly AnySchema[]>(
  key: string,
  what: string,
  ...options: Options
): Schema<v.InferInput<Options[number]>> {
  const byName = new Map(
    options.flatMap((option) =>
      (entriesOf(option)[key] as unknown as { options: string[] }).options.map(
        (name) => [name, option] as const,
      ),
    ),
  );
  const names = options.flatMap((option) => Object.keys(entriesOf(option)));
  const known = Object.fromEntries(names.map((name) => [name, maybe(anything)]));
  const unknown = fields({ ...known, [key]: choice(...byName.keys()) }, what);
  return chosen((value) => {
    const name = isPlainObject(value) ? value[key] : undefined;
    const option = typeof name === 'string' ? byName.get(name) : undefined;
    return (option ?? unknown) as Schema<v.InferInput<Options[number]>>;
  });
}

/** An object with any names. */
export function record<T>(of: Schema<T>): v.RecordSchema<Schema<string>, Schema<T>, string> {
  const schema = plain(v.record(text, of, 'a plain object'), 'a plain object');
  const run = schema['~run'].bind(schema);
  return replaceRun(schema, (dataset, config) => {
    const input = dataset.value;
    const ended = run(dataset, config);
    for (const key of unusable) {
      if (!isPlainObject(input) || !Object.hasOwn(input, key)) continue;
      const name = such(() => false, `another name than "${key}", which JavaScript uses itself`);
      const issued = name['~run']({ value: key }, config).issues?.[0];
      if (issued === undefined) continue;
      const path = [{ type: 'object', origin: 'key', input, key, value: key }] as const;
      return { typed: false, value: ended.value, issues: [{ ...issued, path: [...path] }] };
    }
    return ended;
  });
}

/** Names that reach into the prototype of an object. */
const unusable = ['__proto__', 'prototype', 'constructor'];

/** One of several shapes. What is wrong is told of the shape that the value is nearest to. */
export function oneOf<const Options extends readonly AnySchema[]>(
  what: string,
  ...options: Options
): Schema<v.InferInput<Options[number]>> {
  const schema = v.union([...options], what);
  const known = [...new Set(options.flatMap((option) => Object.keys(entriesOf(option))))];
  const other = told(plain(v.strictObject({}, what), what), () => known);
  return replaceRun(schema, (dataset, config) => {
    const tried = options.map((option) => option['~run']({ value: dataset.value }, config) as Dataset);
    const fit = tried.find(({ issues }) => issues === undefined);
    if (fit !== undefined) return fit;
    const ranked = tried.map((ended) => ({ ended, faults: faultsOf(ended) })).toSorted(byFaults);
    const [best, next] = ranked;
    if (best !== undefined && best.faults < Infinity && best.faults !== next?.faults) return best.ended;
    const strange = unknownName(dataset.value, known);
    if (best === undefined || best.faults === Infinity || strange === undefined) {
      return v.custom(() => false, what)['~run'](dataset, config) as Dataset;
    }
    return other['~run']({ value: { [strange]: true } }, config) as Dataset;
  }) as Schema<v.InferInput<Options[number]>>;
}

function byFaults(one: { readonly faults: number }, other: { readonly faults: number }): number {
  return one.faults === other.faults ? 0 : one.faults - other.faults;
}

/** How much of a shape a value misses; of another type altogether, it is infinitely far. */
function faultsOf({ issues }: Dataset): number {
  return (issues ?? []).reduce((sum, { path }) => sum + (path === undefined ? Infinity : 1), 0);
}

function unknownName(value: unknown, known: readonly string[]): string | undefined {
  return isPlainObject(value) ? Object.keys(value).find((name) => !known.includes(name)) : undefined;
}

function entriesOf(schema: AnySchema): v.ObjectEntries {
  return 'entries' in schema ? (schema.entries as v.ObjectEntries) : {};
}

/** Refuses instances of classes, lists and objects that inherit fields: such fields are lost where a request is copied. */
function plain<S extends AnySchema>(schema: S, what: string): S {
  const run = schema['~run'].bind(schema);
  const refused = such(() => false, what);
  return replaceRun(schema, (dataset, config) =>
    (isPlainObject(dataset.value) ? run : refused['~run'].bind(refused))(dataset, config),
  );
}

/** Adds to each issue about names what would have been right. */
function told<S extends AnySchema>(
  schema: S,
  rightOnes: (issue: v.BaseIssue<unknown>) => readonly string[],
): S {
  const run = schema['~run'].bind(schema);
  return replaceRun(schema, (dataset, config) => {
    const ended = run(dataset, config) as Dataset;
    for (const issue of ended.issues ?? []) {
      const isOwn = issue.type === schema.type && (issue.type === 'picklist' || issue.path?.length === 1);
      if (isOwn && issue.requirement === undefined) {
        Object.assign(issue, { requirement: rightOnes(issue) });
      }
    }
    return ended;
  });
}

function replaceRun<S extends AnySchema>(
  schema: S,
  run: (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) => Dataset,
): S {
  return { ...schema, '~run': run };
}
