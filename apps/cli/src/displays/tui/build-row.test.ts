import { initialRunState, reduceRun } from '@kanikit/core';
import { expect, test } from 'vitest';
import { runEvents, startedAtMs, type Told } from '../../testing/run-events.ts';
import { buildRow } from './build-row.ts';
import { plainTheme } from './theme.ts';

function rowOf(width: number, told: readonly Told[]): string {
  const state = runEvents(['app'], told).reduce(reduceRun, initialRunState);
  const layout = { width, nameWidth: 6, nowMs: startedAtMs + 9_000, isSelected: true };
  return buildRow(state.builds[0]!, layout, plainTheme);
}

const pack = { type: 'context-pack', files: 900, archiveBytes: 1, totalFiles: 6_000, isDone: false } as const;
const upload = {
  type: 'context-upload',
  location: 's3://b/k',
  totalBytes: 124_000_000,
  reusedBytes: 120_000_000,
  isDone: false,
  isReused: false,
  digest: undefined,
} as const;

test.each<[what: string, width: number, told: readonly Told[], text: string]>([
  [
    'packing, with the time that is left',
    80,
    [
      { ...pack, bytes: 0, totalBytes: 420_000_000 },
      { ...pack, bytes: 70_000_000, totalBytes: 420_000_000, afterMs: 2_000 },
    ],
    'packing 70 MB of 420 MB, 35 MB/s, 10s left, 900 o…',
  ],
  [
    'uploading, with what the bucket had already',
    100,
    [
      { ...pack, bytes: 1, isDone: true },
      { ...upload, bytes: 0 },
      { ...upload, bytes: 2_000_000, afterMs: 2_000 },
    ],
    'uploading 2.0 MB of 4.0 MB, 1.0 MB/s, 2s left, 120 MB were there',
  ],
])('%s', (_what, width, told, text) => {
  const row = rowOf(width, [{ type: 'build-phase', phase: 'context' }, ...told]);
  expect(row).toContain(text);
  expect(row).toHaveLength(width);
});

const wait = { type: 'build-wait', hint: undefined } as const;
const retry = {
  type: 'build-retry',
  attempt: 2,
  attempts: 3,
  code: 'pod-evicted',
  message: 'The node evicted the pod.',
  delayMs: 2_000,
  logFile: undefined,
} as const;
const building: readonly Told[] = [
  { type: 'build-phase', phase: 'executor' },
  { type: 'stage-start', stage: 0, name: undefined, base: 'alpine' },
  { type: 'step-start', stage: 0, step: 0, instruction: 'RUN make' },
];

test.each<[what: string, told: readonly Told[], row: string]>([
  [
    'a limit',
    [
      { type: 'build-phase', phase: 'queued' },
      { ...wait, reason: 'concurrency', message: '10 builds run at once; 12 ahead of this one' },
    ],
    '> . app     queued    10 builds run at once; 12 ahead of this one               ',
  ],
  [
    'a quota',
    [
      { type: 'build-phase', phase: 'pod' },
      {
        ...wait,
        reason: 'quota',
        message: 'The quota builds of namespace ci has no room: pods 9 of 9 used, 1 more is asked for.',
      },
    ],
    '> . app     waiting   The quota builds of namespace ci has no room: pod…    0:08',
  ],
  [
    'a node',
    [
      { type: 'build-phase', phase: 'pod' },
      { ...wait, reason: 'Unschedulable', message: 'no node fits: all 3 of them: not disk=ssd' },
    ],
    '> . app     waiting   no node fits: all 3 of them: not disk=ssd             0:08',
  ],
  [
    'its next attempt',
    [...building, retry],
    '> . app     waiting   tries again after pod-evicted: attempt 2 of 3         0:08',
  ],
  [
    'a node, for its second attempt',
    [
      ...building,
      retry,
      { ...wait, reason: undefined, message: undefined },
      { type: 'build-phase', phase: 'pod' },
      { ...wait, reason: 'ContainerCreating', message: 'its node sets it up' },
    ],
    '> . app     waiting   attempt 2: its node sets it up                        0:08',
  ],
])('a build that waits for %s says so in the room of its place', (_what, told, row) => {
  expect(rowOf(80, told)).toBe(row);
});

test('a cancelled build says why', () => {
  const end = { digest: undefined, images: [], exitCode: undefined, failure: undefined, logFile: undefined };
  const cancelled = { type: 'build-end', outcome: 'cancelled', reason: 'build web failed', ...end } as const;
  expect(rowOf(60, [...building, { ...cancelled, durationMs: 5_000 }])).toBe(
    '> - app     cancelled build web failed                  0:05',
  );
});

test('a build in its second attempt says that, beside its place', () => {
  expect(
    rowOf(80, [...building, retry, { ...wait, reason: undefined, message: undefined }, ...building]),
  ).toBe('> * app     building  st 1 1         attempt 2: RUN make                    0:08');
});

test('a build whose push is not confirmed says so beside the image', () => {
  const end = { images: [], exitCode: 0, failure: undefined, logFile: undefined, durationMs: 5_000 };
  const notice = { type: 'notice', level: 'warning', message: 'No word of it.', hint: undefined } as const;
  const row = rowOf(80, [
    ...building,
    { ...notice, code: 'push-unconfirmed' },
    { type: 'build-end', outcome: 'succeeded', digest: `sha256:${'a'.repeat(64)}`, ...end },
  ]);
  expect(row).toMatch(/sha256:a+\S* {2}push not confirmed/);
});
