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
