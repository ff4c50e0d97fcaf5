import type { EventEnvelope, KanikitEvent } from '@kanikit/spec';

type Body<Type extends KanikitEvent['type']> = Required<
  Omit<Extract<KanikitEvent, { readonly type: Type }>, keyof EventEnvelope | 'type'>
>;

const digest = `sha256:${'ab'.repeat(32)}`;
const position = { stage: 0, step: 1 };

/** An example of every event type, each with all of its fields. */
export const eventExamples = {
  'run-start': {
    run: 'r1',
    cluster: { kind: 'sandbox', name: 'kanikit-sandbox', namespace: 'default' },
    isSimulated: false,
    builds: [
      {
        id: 'app-1',
        name: 'app',
        context: './app',
        destinations: ['r.example/app:1'],
        platform: 'linux/amd64',
      },
    ],
  },
  'run-cancel': { reason: 'interrupted' },
  'run-end': { outcome: 'failed', succeeded: 1, failed: 1, cancelled: 0, detached: 1, durationMs: 12_345 },
  'build-phase': { phase: 'context' },
  'build-wait': { reason: 'Unschedulable', message: 'no node has 4 CPU', hint: 'Ask for less.' },
  outline: {
    stages: [
      {
        index: 0,
        name: 'builder',
        base: 'golang:1.24',
        baseStage: 0,
        isNeeded: true,
        steps: [{ index: 0, keyword: 'RUN', instruction: 'RUN make', line: 2 }],
      },
    ],
  },
  'context-pack': {
    files: 12,
    bytes: 3_456,
    archiveBytes: 789,
    totalFiles: 12,
    totalBytes: 3_456,
    bytesPerSecond: 34_560,
    remainingMs: 100,
    isDone: true,
  },
  'context-upload': {
    location: 's3://bucket/contexts/x.tar.gz',
    bytes: 789,
    reusedBytes: 12,
    totalBytes: 789,
    bytesPerSecond: 7_890,
    remainingMs: 100,
    isDone: true,
    isReused: false,
    digest,
  },
  'pod-create': { namespace: 'ci', pod: 'kanikit-app', image: 'r.example/kaniko:1' },
  'pod-schedule': { node: 'node-1' },
  'pod-pull': { image: 'r.example/kaniko:1' },
  'pod-start': { node: 'node-1' },
  'pod-end': { cause: 'failed', exitCode: 1, reason: 'Error' },
  notice: { level: 'warning', code: 'log-lost', message: 'The log broke off.', hint: 'The build goes on.' },
  cleanup: { target: 'pod ci/kanikit-app', outcome: 'failed', message: 'forbidden' },
  'build-retry': {
    attempt: 2,
    attempts: 3,
    code: 'node-lost',
    message: 'The node of the pod went away.',
    delayMs: 1_800,
    logFile: '/logs/app.log',
  },
  'build-end': {
    outcome: 'failed',
    reason: 'interrupted',
    attempts: 2,
    digest,
    images: [{ reference: 'r.example/app:1', digest }],
    exitCode: 2,
    failure: {
      code: 'run-failed',
      message: '“RUN make” ended with exit status 2.',
      hint: 'The reason is in the last lines.',
      step: { stage: 0, index: 1, instruction: 'RUN make' },
      lines: ['make: no rule'],
      isRetryable: false,
    },
    durationMs: 12_000,
    logFile: '/logs/app.log',
  },
  'executor-detect': { distribution: 'google', version: '1.24.0', logFormat: 'text' },
  'stage-start': { stage: 0, name: 'builder', base: 'golang:1.24' },
  'stage-end': { stage: 0 },
  'step-start': { ...position, instruction: 'RUN make', isResumed: true },
  'step-cache': { ...position, instruction: 'RUN make', result: 'miss' },
  'step-end': { ...position, outcome: 'done' },
  'phase-start': { ...position, phase: 'unpack', detail: 'golang:1.24' },
  'phase-end': { ...position, phase: 'unpack' },
  output: { ...position, text: 'compiling' },
  log: { ...position, level: 'info', message: 'Taking snapshot of full filesystem...', isRecognized: true },
  'layer-start': { layer: digest, direction: 'push', reference: 'r.example/app', sizeBytes: 1_000 },
  'layer-progress': { layer: digest, bytes: 500, sizeBytes: 1_000 },
  'layer-end': { layer: digest, outcome: 'done', sizeBytes: 1_000 },
  'push-start': { reference: 'r.example/app:1' },
  'push-end': { reference: 'r.example/app:1', digest, isImmutableIgnored: false },
  retry: { reason: '503 Service Unavailable', delayMs: 2_000 },
} as const satisfies { readonly [Type in KanikitEvent['type']]: Body<Type> };
