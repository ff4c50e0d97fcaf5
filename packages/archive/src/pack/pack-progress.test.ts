import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackProgress } from '@kanikit/spec';
import { collect, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { packFolder } from '../testing/pack-folder.ts';

test('progress is told ten times a second at most, and the whole at the end', async () => {
  const root = temporaryFolder();
  for (let index = 0; index < 10; index += 1)
    writeFileSync(join(root, String(index)), Buffer.alloc(1_000_000));
  const reports: PackProgress[] = [];
  let now = 0;
  const clock = (): number => (now += 60);
  const archive = packFolder(root, {
    options: { onProgress: (progress) => reports.push(progress) },
    run: { ...testRun(), now: clock },
  });
  const { length: archiveBytes } = await collect(archive);
  const totals = { totalFiles: 10, totalBytes: 10_000_000 };
  expect(reports.at(-1)).toEqual({ files: 10, bytes: 10_000_000, archiveBytes, ...totals });
  expect(reports.length).toBeGreaterThan(2);
  expect(reports.length).toBeLessThanOrEqual(now / 100 + 1);
});
