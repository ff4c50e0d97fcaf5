import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackProgress } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createIgnoreMatcher } from '../ignore/ignore-matcher.ts';
import { collect } from '../testing/read-archive.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { packTree } from './pack-tree.ts';

test('progress is told ten times a second at most, and the whole at the end', async () => {
  const root = temporaryFolder();
  for (let index = 0; index < 10; index += 1)
    writeFileSync(join(root, String(index)), Buffer.alloc(1_000_000));
  const reports: PackProgress[] = [];
  let now = 0;
  const tree = { root, matcher: createIgnoreMatcher([]), syntheticFiles: [], mtime: 'zero' as const };
  const clock = (): number => (now += 60);
  const archive = await collect(
    packTree(tree, (progress) => reports.push(progress), {
      signal: new AbortController().signal,
      now: clock,
    }),
  );
  expect(reports.at(-1)).toEqual({ files: 10, bytes: 10_000_000, archiveBytes: archive.length });
  expect(reports.length).toBeGreaterThan(2);
  expect(reports.length).toBeLessThanOrEqual(now / 100 + 1);
});
