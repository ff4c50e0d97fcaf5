import { expect, test } from 'vitest';
import { createMemoryObjects } from './memory-objects.test.helper.ts';
import { memoryStore } from './memory-store.test.helper.ts';

const day = 24 * 3_600_000;

test.each([-9 * day, 9 * day])(
  'prune on a machine that is %i ms ahead goes by the clock of the server',
  async (aheadMs) => {
    const memory = createMemoryObjects();
    for (const [name, ageMs] of [
      ['young', day],
      ['old', 8 * day],
    ] as const) {
      const key = `pre/runs/unknown/b1/${name}.tar.gz`;
      memory.objects.set(key, { bytes: Buffer.alloc(3), modifiedMs: memory.now - ageMs, metadata: {} });
    }
    const clock = { note: () => undefined, now: () => memory.now, offsetMs: () => -aheadMs };
    const left = await memoryStore(memory, { clock }).prune?.(
      { isOver: () => false, isNeeded: () => false, olderThanMs: undefined, isDryRun: false },
      { signal: new AbortController().signal, now: () => memory.now + aheadMs },
    );
    expect(left?.map(({ location }) => location)).toEqual(['memory://pre/runs/unknown/b1/old.tar.gz']);
  },
);
