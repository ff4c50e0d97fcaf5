import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { eventExamples } from '../testing/event-examples.ts';
import { eventProblem } from './event-problem.ts';
import { eventShapes } from './event-shapes.ts';

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

interface TypeSchema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
}

const page = read('docs/events.md');
const schema = JSON.parse(read('docs/events.schema.json')) as {
  readonly oneOf: readonly TypeSchema[];
  readonly $defs: Readonly<Record<string, JsonSchema>>;
};
const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);
const schemas = new Map(schema.oneOf.map((one) => [one.properties.type?.const ?? '', one]));

function read(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
}

function problemsOf(event: unknown): readonly string[] {
  return validate(event) ? [] : (validate.errors ?? []).map(({ message = '' }) => message);
}

function eventOf(type: string, fields: object): Readonly<Record<string, unknown>> {
  return { v: 1, seq: 1, time: '2026-11-24T01:33:27.141Z', build: 'app-1', type, ...fields };
}

function without(value: object, field: string): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}

describe.each(Object.entries(eventExamples))('%s', (type, example) => {
  const event = eventOf(type, example);
  const required = schemas.get(type)?.required.filter((name) => name !== 'type') ?? [];

  test('with all fields, and with the required ones only, is valid', () => {
    const few = Object.fromEntries(
      required.map((name) => [name, (example as Record<string, unknown>)[name]]),
    );
    for (const candidate of [event, eventOf(type, few)]) {
      expect(problemsOf(candidate)).toEqual([]);
    }
  });

  test('without a required field is not valid, and is not played', () => {
    for (const name of required) {
      expect(problemsOf(without(event, name))).toContain(`must have required property '${name}'`);
      expect(eventProblem(without(event, name), false)).toContain(`"${name}"`);
    }
    expect(eventProblem(event, false)).toBeUndefined();
  });

  test('has every field in the schema and on the page, and in no other place', () => {
    const documented = page.match(new RegExp(`^\\| \`${type}\` \\|.*\\| ([^|]*) \\|$`, 'm'))?.[1] ?? '';
    const names = Object.keys(example);
    const optional = (name: string) => (required.includes(name) ? '' : '?');
    const shown = [...documented.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    expect(new Set(Object.keys(schemas.get(type)?.properties ?? {}))).toEqual(new Set(['type', ...names]));
    expect(new Set(shown)).toEqual(new Set(names.map((name) => name + optional(name))));
  });
});

test('what is checked of a recorded event is what the schema says', () => {
  const said = schema.oneOf.map((one) => {
    const { type: _type, ...fields } = shapeOf(one as JsonSchema) as Record<string, unknown>;
    return [one.properties.type?.const, fields];
  });
  expect(eventShapes).toEqual(Object.fromEntries(said));
});

test('the schema has no type that is gone', () => {
  expect(new Set(schemas.keys())).toEqual(new Set(Object.keys(eventExamples)));
});

test.each([
  ['an unknown type', eventOf('sparkle', {})],
  ['no type', without(eventOf('retry', eventExamples.retry), 'type')],
  ['another version', eventOf('retry', { ...eventExamples.retry, v: 2 })],
  ['no number', without(eventOf('retry', eventExamples.retry), 'seq')],
  ['no time', without(eventOf('retry', eventExamples.retry), 'time')],
  ['a time without a zone', eventOf('retry', { ...eventExamples.retry, time: '2026-11-24T01:33:27.141' })],
  ['an unknown word', eventOf('step-end', { ...eventExamples['step-end'], outcome: 'great' })],
  ['text for a number', eventOf('stage-end', { stage: '0' })],
])('the schema refuses %s', (_name, event) => {
  expect(validate(event)).toBe(false);
});

test('fields of a newer release pass', () => {
  expect(validate(eventOf('retry', { ...eventExamples.retry, attempt: 3 }))).toBe(true);
});

test('a recorded run is valid, event by event', () => {
  const lines = read('apps/cli/fixtures/recorded-run.ndjson').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(500);
  for (const line of lines) {
    expect({ line, problems: problemsOf(JSON.parse(line)) }).toEqual({ line, problems: [] });
  }
});

function shapeOf(part: JsonSchema): unknown {
  if (part.$ref !== undefined) return shapeOf(schema.$defs[part.$ref.split('/').at(-1) ?? ''] ?? {});
  if (part.type === 'array') return [shapeOf(part.items ?? {})];
  if (part.type === 'object') {
    return Object.fromEntries(
      Object.entries(part.properties ?? {}).map(([name, inner]) => [
        part.required?.includes(name) === true ? name : `${name}?`,
        shapeOf(inner),
      ]),
    );
  }
  if (part.type === 'integer') return 'number';
  return part.type ?? typeof (part.enum?.[0] ?? part.const);
}
