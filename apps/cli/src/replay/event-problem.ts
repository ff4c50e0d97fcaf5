import type { KanikitEvent } from '@kanikit/spec';
import { eventShapes, type Shape } from './event-shapes.ts';

/** Why a value read from a file can't be played, in words; undefined for an event. Types of newer releases pass: displays leave them out. */
export function eventProblem(value: unknown, isFirst: boolean): string | undefined {
  if (!isObject(value) || typeof value.type !== 'string') return 'it is not an event';
  if (value.v !== 1) return `version ${JSON.stringify(value.v) ?? 'none'} of the event schema is not known`;
  if (typeof value.time !== 'string' || Number.isNaN(Date.parse(value.time))) return 'it has no time';
  if (typeof value.seq !== 'number') return 'it has no number (seq)';
  if (value.build !== undefined && typeof value.build !== 'string')
    return `the field "build" of ${value.type} is no string`;
  if (isFirst && value.type !== 'run-start') return 'a run begins with run-start';
  if (!Object.hasOwn(eventShapes, value.type)) return undefined;
  const wrong = wrongField(value, eventShapes[value.type as KanikitEvent['type']], '');
  return wrong === undefined
    ? undefined
    : `the field "${wrong.path}" of ${value.type} is missing or is no ${wrong.type}`;
}

interface WrongField {
  /** `failure.step.stage`, `images[2].digest` */
  readonly path: string;
  readonly type: string;
}

/** The first field, however deep, that has another type than the shape says. Fields that the shape does not name are not looked at. */
function wrongField(value: unknown, shape: Shape, path: string): WrongField | undefined {
  if (typeof shape === 'string') {
    // JSON has numbers that are too large for a number here: they become Infinity.
    const isRight = shape === 'number' ? Number.isFinite(value) : typeof value === shape;
    return isRight ? undefined : { path, type: shape };
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return { path, type: 'list' };
    return firstOf(value, (item, index) => wrongField(item, shape[0], `${path}[${index}]`));
  }
  if (!isObject(value)) return { path, type: 'object' };
  return firstOf(Object.entries(shape), ([field, inner]) => {
    const name = field.replace(/\?$/, '');
    const isAbsent = value[name] === undefined && name !== field;
    return isAbsent ? undefined : wrongField(value[name], inner, path === '' ? name : `${path}.${name}`);
  });
}

function firstOf<T>(
  items: readonly T[],
  check: (item: T, index: number) => WrongField | undefined,
): WrongField | undefined {
  for (const [index, item] of items.entries()) {
    const wrong = check(item, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
