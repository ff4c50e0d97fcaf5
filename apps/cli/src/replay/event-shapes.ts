import type { KanikitEvent } from '@kanikit/spec';

/** Type of a field: a list is written with the shape of its items, and the name of an optional field ends with a question mark. */
export type Shape = 'string' | 'number' | 'boolean' | readonly [Shape] | { readonly [field: string]: Shape };

/** `docs/events.schema.json` in short: what displays rely on. Words are not checked: newer releases may have others. */
export const eventShapes = {
  'run-start': {
    run: 'string',
    cluster: {
      kind: 'string',
      name: 'string',
      namespace: 'string',
    },
    isSimulated: 'boolean',
    builds: [
      {
        id: 'string',
        name: 'string',
        context: 'string',
        destinations: ['string'],
        'platform?': 'string',
      },
    ],
  },
  'run-cancel': {
    reason: 'string',
  },
  'run-end': {
    outcome: 'string',
    succeeded: 'number',
    failed: 'number',
    cancelled: 'number',
    'detached?': 'number',
    durationMs: 'number',
  },
  'build-phase': {
    phase: 'string',
  },
  'build-wait': {
    'reason?': 'string',
    'message?': 'string',
    'hint?': 'string',
  },
  outline: {
    stages: [
      {
        index: 'number',
        'name?': 'string',
        base: 'string',
        'baseStage?': 'number',
        isNeeded: 'boolean',
        steps: [
          {
            index: 'number',
            keyword: 'string',
            instruction: 'string',
            line: 'number',
          },
        ],
      },
    ],
  },
  'context-pack': {
    files: 'number',
    bytes: 'number',
    archiveBytes: 'number',
    'totalFiles?': 'number',
    'totalBytes?': 'number',
    'bytesPerSecond?': 'number',
    'remainingMs?': 'number',
    isDone: 'boolean',
  },
  'context-upload': {
    location: 'string',
    bytes: 'number',
    'reusedBytes?': 'number',
    'totalBytes?': 'number',
    'bytesPerSecond?': 'number',
    'remainingMs?': 'number',
    isDone: 'boolean',
    isReused: 'boolean',
    'digest?': 'string',
  },
  'pod-create': {
    namespace: 'string',
    pod: 'string',
    image: 'string',
  },
  'pod-schedule': {
    node: 'string',
  },
  'pod-pull': {
    image: 'string',
  },
  'pod-start': {
    'node?': 'string',
  },
  'pod-end': {
    cause: 'string',
    'exitCode?': 'number',
    'reason?': 'string',
  },
  notice: {
    level: 'string',
    code: 'string',
    message: 'string',
    'hint?': 'string',
  },
  cleanup: {
    target: 'string',
    outcome: 'string',
    'message?': 'string',
  },
  'build-retry': {
    attempt: 'number',
    attempts: 'number',
    code: 'string',
    message: 'string',
    delayMs: 'number',
    'logFile?': 'string',
  },
  'build-end': {
    outcome: 'string',
    'reason?': 'string',
    'attempts?': 'number',
    'digest?': 'string',
    images: [
      {
        reference: 'string',
        digest: 'string',
      },
    ],
    'exitCode?': 'number',
    'failure?': {
      code: 'string',
      message: 'string',
      'hint?': 'string',
      'step?': {
        stage: 'number',
        index: 'number',
        instruction: 'string',
      },
      lines: ['string'],
      isRetryable: 'boolean',
    },
    durationMs: 'number',
    'logFile?': 'string',
  },
  'executor-detect': {
    'distribution?': 'string',
    'version?': 'string',
    logFormat: 'string',
  },
  'stage-start': {
    stage: 'number',
    'name?': 'string',
    base: 'string',
  },
  'stage-end': {
    stage: 'number',
  },
  'step-start': {
    stage: 'number',
    step: 'number',
    instruction: 'string',
  },
  'step-cache': {
    stage: 'number',
    'step?': 'number',
    instruction: 'string',
    result: 'string',
  },
  'step-end': {
    stage: 'number',
    step: 'number',
    outcome: 'string',
  },
  'phase-start': {
    phase: 'string',
    'detail?': 'string',
    'stage?': 'number',
    'step?': 'number',
  },
  'phase-end': {
    phase: 'string',
    'stage?': 'number',
    'step?': 'number',
  },
  output: {
    text: 'string',
    'stage?': 'number',
    'step?': 'number',
  },
  log: {
    level: 'string',
    message: 'string',
    isRecognized: 'boolean',
    'stage?': 'number',
    'step?': 'number',
  },
  'layer-start': {
    layer: 'string',
    direction: 'string',
    reference: 'string',
    'sizeBytes?': 'number',
  },
  'layer-progress': {
    layer: 'string',
    bytes: 'number',
    'sizeBytes?': 'number',
  },
  'layer-end': {
    layer: 'string',
    outcome: 'string',
    'sizeBytes?': 'number',
  },
  'push-start': {
    reference: 'string',
  },
  'push-end': {
    reference: 'string',
    digest: 'string',
    isImmutableIgnored: 'boolean',
  },
  retry: {
    reason: 'string',
    delayMs: 'number',
  },
} as const satisfies Readonly<Record<KanikitEvent['type'], Shape>>;
