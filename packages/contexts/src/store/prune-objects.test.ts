import { expect, test } from 'vitest';
import type { PruneOptions } from '@kanikit/spec';
import { createMemoryObjects } from './memory-objects.test.helper.ts';
import { memoryRun, memoryStore } from './memory-store.test.helper.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const left: Readonly<Record<string, number>> = {
  'pre/runs/over/b1/young.tar.gz': 0,
  'pre/runs/needed/b1/old.tar.gz': 30 * dayMs,
  'pre/runs/unknown/b1/week.tar.gz': 7 * dayMs,
  'pre/runs/unknown/b1/days.tar.gz': 6 * dayMs,
  'pre/runs/parts/day': dayMs,
  'pre/runs/parts/hours': 2 * hourMs,
  'pre/runs/parts/minutes': hourMs / 2,
  'pre/contexts/kept.tar.gz': 100 * dayMs,
  'pre/runs/note.txt': 100 * dayMs,
  'pre/runs/over/others/of/theirs': 100 * dayMs,
  'elsewhere/runs/over/b1/x.tar.gz': 100 * dayMs,
};

function bucket(): ReturnType<typeof createMemoryObjects> {
  const memory = createMemoryObjects();
  for (const [key, ageMs] of Object.entries(left)) {
    memory.objects.set(key, { bytes: Buffer.alloc(3), modifiedMs: memory.now - ageMs, metadata: {} });
  }
  return memory;
}

const options: PruneOptions = {
  isOver: (runId) => runId === 'over',
  isNeeded: (runId) => runId === 'needed',
  olderThanMs: undefined,
  isDryRun: false,
};

test.each([
  [undefined, ['over/b1/young.tar.gz', 'unknown/b1/week.tar.gz', 'parts/day']],
  [
    2 * hourMs,
    ['over/b1/young.tar.gz', 'unknown/b1/week.tar.gz', 'unknown/b1/days.tar.gz', 'parts/day', 'parts/hours'],
  ],
  // Never what an upload under way may use.
  [
    0,
    ['over/b1/young.tar.gz', 'unknown/b1/week.tar.gz', 'unknown/b1/days.tar.gz', 'parts/day', 'parts/hours'],
  ],
])('what is older than %s goes, and nothing else', async (olderThanMs, gone) => {
  const memory = bucket();
  const told = await memoryStore(memory).prune?.({ ...options, olderThanMs }, memoryRun(memory));
  const expected = gone.map((key) => `pre/runs/${key}`);
  expect(Object.keys(left).filter((key) => !memory.objects.has(key))).toEqual(expected);
  expect(told?.map(({ location }) => location)).toEqual(expected.map((key) => `memory://${key}`));
});

test('a dry run removes nothing', async () => {
  const memory = bucket();
  const told = await memoryStore(memory).prune?.({ ...options, isDryRun: true }, memoryRun(memory));
  expect(told).toHaveLength(3);
  expect([...memory.objects.keys()]).toEqual(Object.keys(left));
});

test('what was renewed since it was listed stays', async () => {
  const memory = bucket();
  memory.before = (call) => {
    const object = memory.objects.get('pre/runs/parts/day');
    if (call === 'stat pre/runs/parts/day' && object !== undefined) object.modifiedMs = memory.now;
  };
  await memoryStore(memory).prune?.(options, memoryRun(memory));
  expect(memory.objects.has('pre/runs/parts/day')).toBe(true);
});

test('uploads that were never ended are ended', async () => {
  const memory = bucket();
  const aborted: string[] = [];
  memory.openUploads = async (prefix) =>
    [
      { key: `${prefix}old`, startedMs: memory.now - dayMs },
      { key: `${prefix}young`, startedMs: memory.now - hourMs },
    ].map((upload) => ({ ...upload, abort: async () => void aborted.push(upload.key) }));
  await memoryStore(memory).prune?.(options, memoryRun(memory));
  expect(aborted).toEqual(['pre/runs/old', 'pre/contexts/old']);
});

test('credentials that may not list are told of', async () => {
  const memory = bucket();
  memory.canList = false;
  await expect(memoryStore(memory).prune?.(options, memoryRun(memory))).rejects.toMatchObject({
    code: 'bucket-denied',
  });
});
