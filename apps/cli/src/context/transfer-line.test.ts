import { expect, test } from 'vitest';
import { createTestIo } from '../testing/test-io.ts';
import { createTransferLine } from './transfer-line.ts';

const total = 400_000_000;

/** Packs and uploads half a second at a time; what was written to standard error. */
function transfer(options: {
  readonly isTTY: boolean;
  readonly isQuiet?: boolean;
  readonly columns?: number;
}): string {
  const { isTTY, isQuiet = false, columns = 80 } = options;
  const { io, err } = createTestIo({ isTTY, columns, rows: 24 });
  let nowMs = 0;
  {
    using line = createTransferLine(io, isQuiet, () => nowMs);
    for (let step = 0; step <= 20; step += 1) {
      nowMs = step * 500;
      const bytes = step * 20_000_000;
      line.onPack({ files: step, bytes, archiveBytes: bytes / 4, totalFiles: 20, totalBytes: total });
      line.onUpload({ sentBytes: bytes / 8, reusedBytes: bytes / 8, totalBytes: undefined });
    }
  }
  return err();
}

test('a pipe is told every five seconds, in whole lines without control sequences', () => {
  expect(transfer({ isTTY: false }).split('\n')).toEqual([
    'packing 200 MB of 400 MB, 40 MB/s, 5s left, 10 of 20 files',
    'uploading 48 MB, 5.0 MB/s, 48 MB were there',
    '',
  ]);
});

test('a terminal has one line, which fits and is gone at the end', () => {
  const text = transfer({ isTTY: true, columns: 40 });
  const states = text.split('\r\u001b[K').slice(1);
  expect(states.at(-1)).toBe('');
  expect(states.every((state) => state.length < 40 && !/[\n\u001b]/.test(state))).toBe(true);
  expect(states[20]).toBe('packing 200 MB of 400 MB, 40 MB/s, 5s …');
});

test('quiet says nothing', () => {
  expect(transfer({ isTTY: true, isQuiet: true })).toBe('');
});
