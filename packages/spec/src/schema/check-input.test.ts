import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isKanikitError } from '../errors.ts';
import { checkInput } from './check-input.ts';
import { buildRequestSchema } from './request-schema.ts';

const about = { code: 'request-invalid', what: 'the build request' } as const;
const request = { context: '.', destinations: ['registry.example.com/team/app:1'] };

const shared = { name: 'shared' };
const circle: Record<string, unknown> = {};
circle['again'] = [circle];

function said(value: unknown): string {
  try {
    return checkInput(buildRequestSchema, value, about) === value ? 'the same' : 'another value';
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    return `${error.message} ${error.hint}`;
  }
}

function numbered(count: number): readonly (readonly [string, number])[] {
  return Array.from({ length: count }, (_, index) => [`label${index}`, index]);
}

describe('what is right is handed on as it is', () => {
  it.each([
    ['a literal', request],
    ['JSON', JSON.parse(JSON.stringify(request))],
    ['an object without a prototype', Object.assign(Object.create(null), request)],
    ['an object of another realm', runInNewContext(`(${JSON.stringify(request)})`)],
    ['a frozen object', Object.freeze({ ...request })],
    ['a label of any name', { ...request, labels: { 'org.opencontainers.image/title': '', toString: 'x' } }],
    [
      'a template with an alias',
      { ...request, pod: { template: { one: shared, other: [shared, undefined] } } },
    ],
    ['a template with a date', { ...request, pod: { template: { at: new Date(0) } } }],
    ['bytes of a secret', { ...request, secrets: [{ id: 'a', value: Buffer.from('x') }] }],
  ])('%s', (_name, value) => {
    expect(said(value)).toBe('the same');
  });
});

describe('what is wrong is named', () => {
  it.each([
    ['a class', new (class Request {})(), 'an instance of Request. Give a plain object'],
    ['inherited fields', Object.create(request), 'an object that inherits its fields'],
    ['a name of docker’s', { ...request, tags: [] }, 'tags is not known. Did you mean destinations?'],
    ['another docker name', { ...request, file: 'x' }, 'Did you mean dockerfile?'],
    ['another case', { ...request, buildargs: {} }, 'Did you mean buildArgs?'],
    ['a name far from all', { ...request, zzzzzz: 1 }, 'zzzzzz is not known. There are: context, '],
    [
      'a mistyped field that must be there',
      { contxt: '.', destinations: [] },
      'request: contxt is not known. Did',
    ],
    [
      'a prototype key',
      JSON.parse('{"context":".","destinations":["a"],"__proto__":{}}'),
      '__proto__ is not known',
    ],
    [
      'a prototype key of a record',
      JSON.parse('{"context":".","destinations":["a"],"labels":{"__proto__":"x"}}'),
      'labels.__proto__ must be another name',
    ],
    [
      'a wrong value below such a key',
      { ...request, buildArgs: { constructor: 1 } },
      'buildArgs.constructor must be',
    ],
    [
      'a name with dots',
      { ...request, labels: { 'a.b/c': 1 } },
      'labels["a.b/c"] must be a string, and is 1',
    ],
    ['a control sequence', { ...request, '\u001b[31mred': 1 }, '["red"] is not known'],
    [
      'a choice',
      { ...request, imageFormat: 'OCI' },
      'must be "docker" or "oci", and is "OCI". Did you mean "oci"?',
    ],
    [
      'one of several shapes',
      { ...request, secrets: [{ id: 'a', fiel: 'x' }] },
      'secrets[0].fiel is not known. Did you mean secrets[0].file?',
    ],
    ['no shape at all', { ...request, secrets: [{ id: 'a' }] }, 'secrets[0] must be { id } with one of file'],
    ['a time beyond timers', { ...request, timeoutMs: 1e12 }, 'timeoutMs must be a whole number'],
    ['a map', { ...request, labels: new Map() }, 'is an instance of Map. Give a plain object: Object.from'],
    [
      'a set',
      { ...request, destinations: new Set(['a']) },
      'instance of Set. Give an array: Array.from(it).',
    ],
    ['a URL', { ...request, context: new URL('file:///app') }, 'Give its href, or fileURLToPath(url) for'],
    ['a promise', Promise.resolve(request), 'is an instance of Promise. Await it first.'],
    ['a date', { ...request, timeoutMs: new Date(0) }, 'is an instance of Date. Correct what'],
    [
      'an object that contains itself',
      { ...request, pod: { template: circle } },
      'pod.template must be a plain',
    ],
    ['what JSON has not', { ...request, pod: { affinity: { weight: 1n } } }, 'pod.affinity must be a plain'],
    [
      'a function in a list',
      { ...request, pod: { volumes: [{ a: () => 1 }] } },
      'pod.volumes[0] must be a plain',
    ],
    [
      'bytes of another kind',
      { ...request, secrets: [{ id: 'a', value: new ArrayBuffer(1) }] },
      'Give new Uint8Array(it).',
    ],
    ['blanks', { ...request, target: '  ' }, 'target must be a string that is not empty, and is empty'],
  ])('%s', (_name, value, words) => {
    expect(said(value)).toContain(words);
  });

  it('several at once, without the words of values', () => {
    const words = said({ context: 3, destinations: 'r/secret:1', pod: { limit: {}, env: 'secret' } });
    expect(words).toContain('context must be a string, and is 3; ');
    expect(words).toContain('destinations must be a list, and is a string');
    expect(words).toContain('pod.limit is not known');
    expect(words).not.toContain('secret');
  });

  it('two broken rules with the same words once', () => {
    expect(said({ ...request, timeoutMs: Infinity }).match(/timeoutMs must be/g)).toHaveLength(1);
  });

  it.each([
    ['a hundred wrong items', { destinations: Array.from({ length: 100 }, () => 1) }, 'and 95 more'],
    ['a million of them', { destinations: Array.from({ length: 1_000_000 }, () => 1) }, 'and over 100 more'],
    ['a list of holes', { destinations: Object.assign([], { length: 4_000_000 }) }, 'and over 100 more'],
    ['as many wrong fields', { labels: Object.fromEntries(numbered(200_000)) }, 'and over 100 more'],
    ['a word of megabytes', { imageFormat: 'x'.repeat(5_000_000) }, 'x…"'],
    ['a name of megabytes', { ['x'.repeat(5_000_000)]: 1 }, 'x… is not known'],
    ['a label of megabytes', { labels: { ['x.'.repeat(1_000_000)]: 1 } }, 'x.…"] must be a string'],
  ])('%s, in one short message', (_name, fields, expected) => {
    const words = said({ ...request, ...fields });
    expect(words).toContain(expected);
    expect(words.length).toBeLessThan(1_000);
  });
});

/** Objects as no literal and no JSON makes them. */
const revocable = Proxy.revocable({}, {});
revocable.revoke();
const deaf = new Proxy(
  {},
  {
    get: () => refuse('a field'),
    has: () => refuse('a field'),
    ownKeys: () => refuse('its names'),
    getPrototypeOf: () => refuse('its prototype'),
  },
);
const refuse = (what: string): never => {
  throw new Error(`no look at ${what}`);
};
const withGetter = (name: string): object =>
  Object.defineProperty({}, name, { enumerable: true, get: () => refuse('the getter.') });
const ofMaker = (maker: unknown): object => Object.create({ constructor: maker }) as object;

describe('what throws when it is read is named, and no error of another kind leaves', () => {
  it.each([
    [
      'a getter',
      { ...request, git: withGetter('ref') },
      "git.ref can't be read: no look at the getter. A getter",
    ],
    ['a getter in a list', { ...request, secrets: [withGetter('id')] }, "secrets[0].id can't be read"],
    [
      'a getter in a template',
      { ...request, pod: { template: { spec: withGetter('x') } } },
      'pod.template.spec.x',
    ],
    ['the whole', deaf, "request: it can't be read: no look at its prototype"],
    ['a proxy', { ...request, labels: deaf }, "labels can't be read: no look at"],
    [
      'a revoked proxy',
      { ...request, pod: { env: { A: revocable.proxy } } },
      "pod.env.A can't be read: Cannot perform",
    ],
    ['the name of a class', { ...request, git: ofMaker(withGetter('name')) }, "git can't be read: no look"],
    [
      'a class',
      { ...request, git: ofMaker(Object.defineProperty(() => 1, 'name', { value: 7 })) },
      'inherits',
    ],
    [
      'a class that throws',
      { ...request, git: Object.create(withGetter('constructor')) as object },
      "git can't be read: no look",
    ],
    [
      'what has no words',
      { ...request, pod: { patches: [{ type: withGetter('toString') }] } },
      'patches[0].type must be',
    ],
  ])('%s', (_name, value, words) => {
    expect(said(value)).toContain(words);
  });
});
