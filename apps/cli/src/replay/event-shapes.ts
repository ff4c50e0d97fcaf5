import type { KanikitEvent } from '@kanikit/spec';

/** Type of a field: a list is written with the shape of its items, and the name of an optional field ends with a question mark. */
export type Shape = 'string' | 'number' | 'boolean' | readonly [Shape] | { readonly [field: string]: Shape };

const text = 'string';
const number = 'number';
const flag = 'boolean';

/** `docs/events.schema.json` in short: what displays rely on. Words are not checked: newer releases may have others. */
export const eventShapes = {
  'run-start': {
    run: text,
    cluster: {
      kind: text,
      name: text,
      namespace: text,
    },
    isSimulated: flag,
    builds: [
      {
        id: text,
        name: text,
        context: text,
        destinations: [text],
        'platform?': text,
      },
    ],
  },
  'run-cancel': {
    reason: text,
  },
  'run-end': {
    outcome: text,
    succeeded: number,
    failed: number,
    cancelled: number,
    'detached?': number,
    durationMs: number,
  },
  'build-phase': {
    phase: text,
  },
  'build-wait': {
    'reason?': text,
    'message?': text,
    'hint?': text,
  },
  outline: {
    stages: [
      {
        index: number,
        'name?': text,
        base: text,
        'baseStage?': number,
        isNeeded: flag,
        steps: [
          {
            index: number,
            keyword: text,
            instruction: text,
            line: number,
          },
        ],
      },
    ],
  },
  'context-pack': {
    files: number,
    bytes: number,
    archiveBytes: number,
    'totalFiles?': number,
    'totalBytes?': number,
    'bytesPerSecond?': number,
    'remainingMs?': number,
    isDone: flag,
  },
  'context-upload': {
    location: text,
    bytes: number,
    'reusedBytes?': number,
    'totalBytes?': number,
    'bytesPerSecond?': number,
    'remainingMs?': number,
    isDone: flag,
    isReused: flag,
    'digest?': text,
  },
  'pod-create': {
    namespace: text,
    pod: text,
    image: text,
  },
  'pod-schedule': {
    node: text,
  },
  'pod-pull': {
    image: text,
  },
  'pod-start': {
    'node?': text,
  },
  'pod-end': {
    cause: text,
    'exitCode?': number,
    'reason?': text,
  },
  notice: {
    level: text,
    code: text,
    message: text,
    'hint?': text,
  },
  cleanup: {
    target: text,
    outcome: text,
    'message?': text,
  },
  'build-retry': {
    attempt: number,
    attempts: number,
    code: text,
    message: text,
    delayMs: number,
    'logFile?': text,
  },
  'build-end': {
    outcome: text,
    'reason?': text,
    'attempts?': number,
    'digest?': text,
    images: [
      {
        reference: text,
        digest: text,
      },
    ],
    'exitCode?': number,
    'failure?': {
      code: text,
      message: text,
      'hint?': text,
      'step?': {
        stage: number,
        index: number,
        instruction: text,
      },
      lines: [text],
      isRetryable: flag,
    },
    durationMs: number,
    'logFile?': text,
  },
  'executor-detect': {
    'distribution?': text,
    'version?': text,
    logFormat: text,
  },
  'stage-start': {
    stage: number,
    'name?': text,
    base: text,
  },
  'stage-end': {
    stage: number,
  },
  'step-start': {
    stage: number,
    step: number,
    instruction: text,
    'isResumed?': flag,
  },
  'step-cache': {
    stage: number,
    'step?': number,
    instruction: text,
    result: text,
  },
  'step-end': {
    stage: number,
    step: number,
    outcome: text,
  },
  'phase-start': {
    phase: text,
    'detail?': text,
    'stage?': number,
    'step?': number,
  },
  'phase-end': {
    phase: text,
    'stage?': number,
    'step?': number,
  },
  output: {
    text: text,
    'stage?': number,
    'step?': number,
  },
  log: {
    level: text,
    message: text,
    isRecognized: flag,
    'stage?': number,
    'step?': number,
  },
  'layer-start': {
    layer: text,
    direction: text,
    reference: text,
    'sizeBytes?': number,
  },
  'layer-progress': {
    layer: text,
    bytes: number,
    'sizeBytes?': number,
  },
  'layer-end': {
    layer: text,
    outcome: text,
    'sizeBytes?': number,
  },
  'push-start': {
    reference: text,
  },
  'push-end': {
    reference: text,
    digest: text,
    isImmutableIgnored: flag,
  },
  retry: {
    reason: text,
    delayMs: number,
  },
} as const satisfies Readonly<Record<KanikitEvent['type'], Shape>>;
