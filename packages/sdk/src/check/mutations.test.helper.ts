/** A value with one thing wrong, and the path that an error must name. */
export interface Mutation {
  readonly name: string;
  readonly path: string;
  readonly value: unknown;
}

/** A field whose value is one of other types, too, or whose names are free. */
export interface MutationRules {
  /** Paths of fields that must be there; all others may be left out. */
  readonly required: readonly string[];
  /** Paths of objects with free names. */
  readonly open: readonly string[];
  /** Paths below which anything goes. */
  readonly free: readonly string[];
  /** Types that a path takes besides its own. */
  readonly also: Readonly<Record<string, readonly string[]>>;
}

const revocable = Proxy.revocable([], {});
revocable.revoke();

const wrongValues: Readonly<Record<string, unknown>> = {
  string: 'text',
  number: 7,
  'not-whole': 1.5,
  'not-a-number': Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  negative: -1,
  boolean: true,
  null: null,
  list: [],
  object: { strange: 1 },
  date: new Date(0),
  map: new Map(),
  inherited: Object.create({ strange: 1 }),
  function: () => undefined,
  symbol: Symbol('strange'),
  bigint: 1n,
  revoked: revocable.proxy,
  nameless: Object.create({ constructor: Object.defineProperty(() => undefined, 'name', { value: 7 }) }),
};

/** Each path of a valid value once deleted, once undefined, once renamed, once a getter that throws, and once of each wrong type. */
export function mutationsOf(valid: object, rules: MutationRules): readonly Mutation[] {
  return pathsOf(valid, rules).flatMap((keys) => mutationsAt(valid, keys, rules));
}

type Keys = readonly (string | number)[];

function pathsOf(value: unknown, rules: MutationRules, keys: Keys = []): readonly Keys[] {
  const own = keys.length === 0 ? [] : [keys];
  if (typeof value !== 'object' || value === null || rules.free.includes(written(keys))) return own;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return own;
  const inner = Array.isArray(value) ? value.map((_item, index) => index) : Object.keys(value);
  return [...own, ...inner.flatMap((key) => pathsOf(Reflect.get(value, key), rules, [...keys, key]))];
}

function mutationsAt(valid: object, keys: Keys, rules: MutationRules): readonly Mutation[] {
  const path = written(keys);
  const parent = written(keys.slice(0, -1));
  const last = keys.at(-1) ?? '';
  const present = at(valid, keys);
  const taken = new Set([kindOf(present), ...(rules.also[path] ?? [])]);
  const wrong = Object.entries(wrongValues)
    .filter(([kind]) => !taken.has(kind))
    .map(([kind, value]) => ({ name: `${path} is ${kind}`, path, value: changed(valid, keys, { value }) }));
  const absent = rules.required.includes(path)
    ? [
        { name: `${path} is absent`, path, value: changed(valid, keys, {}) },
        { name: `${path} is undefined`, path, value: changed(valid, keys, { value: undefined }) },
      ]
    : [];
  const deaf = { name: `${path} throws`, path, value: changed(valid, keys, { isDeaf: true }) };
  if (typeof last === 'number' || rules.open.includes(parent)) return [...wrong, ...absent, deaf];
  const renamed = [`${last}x`, last.slice(0, -1), `${last.slice(1, 2)}${last.slice(0, 1)}${last.slice(2)}`]
    .filter((name) => name !== '' && name !== last && at(valid, [...keys.slice(0, -1), name]) === undefined)
    .map((name) => ({
      name: `${path} is called ${name}`,
      path: written([...keys.slice(0, -1), name]),
      value: changed(valid, keys, { value: present, name }),
    }));
  return [...wrong, ...absent, deaf, ...renamed];
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function at(value: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>((inner, key) => Reflect.get(inner as object, key), value);
}

function changed(
  value: unknown,
  [key, ...rest]: Keys,
  change: { readonly value?: unknown; readonly name?: string; readonly isDeaf?: boolean },
): unknown {
  if (rest.length === 0 && change.isDeaf === true && key !== undefined) return withDeaf(value as object, key);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      index !== key ? item : rest.length > 0 ? changed(item, rest, change) : change.value,
    );
  }
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([name, inner]: [string, unknown]) => {
      if (name !== key) return [[name, inner]];
      if (rest.length > 0) return [[name, changed(inner, rest, change)]];
      return 'value' in change ? [[change.name ?? name, change.value]] : [];
    }),
  );
}

/** The same but for a member that throws when it is read. */
function withDeaf(value: object, key: string | number): unknown {
  const get = (): never => {
    throw new Error('no look');
  };
  const copy = Array.isArray(value) ? Array.from(value as unknown[]) : { ...value };
  return Object.defineProperty(copy, key, { enumerable: true, configurable: true, get });
}

function written(keys: Keys): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    if (/^\d/.test(key)) return `${path}["${key}"]`;
    return path === '' ? key : `${path}.${key}`;
  }, '');
}
