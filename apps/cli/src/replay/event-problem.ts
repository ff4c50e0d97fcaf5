import type { KanikitEvent } from '@kanikit/spec';

type FieldType = 'string' | 'number' | 'boolean' | 'object' | 'list';
type Fields = { readonly [Type in FieldType]?: readonly string[] };

/** Fields that an event of this version always has, `docs/events.schema.json` in short: what displays rely on. */
export const requiredFields = {
  'run-start': { string: ['run'], object: ['cluster'], boolean: ['isSimulated'], list: ['builds'] },
  'run-cancel': { string: ['reason'] },
  'run-end': { string: ['outcome'], number: ['succeeded', 'failed', 'cancelled', 'durationMs'] },
  'build-phase': { string: ['phase'] },
  'build-wait': {},
  outline: { list: ['stages'] },
  'context-pack': { number: ['files', 'bytes', 'archiveBytes'], boolean: ['isDone'] },
  'context-upload': { string: ['location'], number: ['bytes'], boolean: ['isDone', 'isReused'] },
  'pod-create': { string: ['namespace', 'pod', 'image'] },
  'pod-schedule': { string: ['node'] },
  'pod-pull': { string: ['image'] },
  'pod-start': {},
  'pod-end': { string: ['cause'] },
  notice: { string: ['level', 'code', 'message'] },
  cleanup: { string: ['target', 'outcome'] },
  'build-retry': { number: ['attempt', 'attempts', 'delayMs'], string: ['code', 'message'] },
  'build-end': { string: ['outcome'], list: ['images'], number: ['durationMs'] },
  'executor-detect': { string: ['logFormat'] },
  'stage-start': { number: ['stage'], string: ['base'] },
  'stage-end': { number: ['stage'] },
  'step-start': { number: ['stage', 'step'], string: ['instruction'] },
  'step-cache': { number: ['stage'], string: ['instruction', 'result'] },
  'step-end': { number: ['stage', 'step'], string: ['outcome'] },
  'phase-start': { string: ['phase'] },
  'phase-end': { string: ['phase'] },
  output: { string: ['text'] },
  log: { string: ['level', 'message'], boolean: ['isRecognized'] },
  'layer-start': { string: ['layer', 'direction', 'reference'] },
  'layer-progress': { string: ['layer'], number: ['bytes'] },
  'layer-end': { string: ['layer', 'outcome'] },
  'push-start': { string: ['reference'] },
  'push-end': { string: ['reference', 'digest'], boolean: ['isImmutableIgnored'] },
  retry: { string: ['reason'], number: ['delayMs'] },
} as const satisfies Readonly<Record<KanikitEvent['type'], Fields>>;

/** Why a value read from a file can't be played, in words; undefined for an event. Types of newer releases pass: displays leave them out. */
export function eventProblem(value: unknown, isFirst: boolean): string | undefined {
  if (!isObject(value) || typeof value.type !== 'string') return 'it is not an event';
  if (value.v !== 1) return `version ${JSON.stringify(value.v) ?? 'none'} of the event schema is not known`;
  if (typeof value.time !== 'string' || Number.isNaN(Date.parse(value.time))) return 'it has no time';
  if (typeof value.seq !== 'number') return 'it has no number (seq)';
  if (isFirst && value.type !== 'run-start') return 'a run begins with run-start';
  const fields: Fields = Object.hasOwn(requiredFields, value.type)
    ? requiredFields[value.type as KanikitEvent['type']]
    : {};
  for (const [type, names] of Object.entries(fields)) {
    const wrong = names.find((name) => !isOfType(value[name], type as FieldType));
    if (wrong !== undefined) return `the field "${wrong}" of ${value.type} is missing or is no ${type}`;
  }
  const list = { 'run-start': value.builds, outline: value.stages, 'build-end': value.images }[value.type];
  const isListFine = !Array.isArray(list) || list.every(isObject);
  return isListFine ? undefined : `a list in ${value.type} holds something else than objects`;
}

function isOfType(value: unknown, type: FieldType): boolean {
  if (type === 'list') return Array.isArray(value);
  return type === 'object' ? isObject(value) : typeof value === type;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
