import type { KanikitEvent } from '@kanikit/spec';

type FieldType = 'string' | 'number' | 'boolean' | 'object' | 'list';
type Fields = Readonly<Record<string, FieldType>>;

/** Fields that an event of this version always has, `docs/events.schema.json` in short: what displays rely on. */
export const requiredFields = {
  'run-start': { run: 'string', cluster: 'object', isSimulated: 'boolean', builds: 'list' },
  'run-cancel': { reason: 'string' },
  'run-end': {
    outcome: 'string',
    succeeded: 'number',
    failed: 'number',
    cancelled: 'number',
    durationMs: 'number',
  },
  'build-phase': { phase: 'string' },
  'build-wait': {},
  outline: { stages: 'list' },
  'context-pack': { files: 'number', bytes: 'number', archiveBytes: 'number', isDone: 'boolean' },
  'context-upload': { location: 'string', bytes: 'number', isDone: 'boolean', isReused: 'boolean' },
  'pod-create': { namespace: 'string', pod: 'string', image: 'string' },
  'pod-schedule': { node: 'string' },
  'pod-pull': { image: 'string' },
  'pod-start': {},
  'pod-end': { cause: 'string' },
  notice: { level: 'string', code: 'string', message: 'string' },
  cleanup: { target: 'string', outcome: 'string' },
  'build-end': { outcome: 'string', images: 'list', durationMs: 'number' },
  'executor-detect': { logFormat: 'string' },
  'stage-start': { stage: 'number', base: 'string' },
  'stage-end': { stage: 'number' },
  'step-start': { stage: 'number', step: 'number', instruction: 'string' },
  'step-cache': { stage: 'number', instruction: 'string', result: 'string' },
  'step-end': { stage: 'number', step: 'number', outcome: 'string' },
  'phase-start': { phase: 'string' },
  'phase-end': { phase: 'string' },
  output: { text: 'string' },
  log: { level: 'string', message: 'string', isRecognized: 'boolean' },
  'layer-start': { layer: 'string', direction: 'string', reference: 'string' },
  'layer-progress': { layer: 'string', bytes: 'number' },
  'layer-end': { layer: 'string', outcome: 'string' },
  'push-start': { reference: 'string' },
  'push-end': { reference: 'string', digest: 'string', isImmutableIgnored: 'boolean' },
  retry: { reason: 'string', delayMs: 'number' },
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
  const wrong = Object.entries(fields).find(([name, type]) => !isOfType(value[name], type));
  if (wrong !== undefined) return `the field "${wrong[0]}" of ${value.type} is missing or is no ${wrong[1]}`;
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
