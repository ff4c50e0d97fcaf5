import { expect, test } from 'vitest';
import { createSampleArchive } from '../contract/index.ts';
import { createMemoryObjects } from './memory-objects.test.helper.ts';
import { fetchFrom, memoryRun, memoryStore, uploadOptions } from './memory-store.test.helper.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const seeds = [1, 2, 3];

/** Parts that an upload left which did not come to its end. */
async function leaveParts(memory: ReturnType<typeof createMemoryObjects>): Promise<void> {
  const broken = createSampleArchive([...seeds, 4], {
    beforePart: (index) => {
      if (index === 3) throw new Error('killed');
    },
  });
  await expect(memoryStore(memory).upload(broken, uploadOptions(), memoryRun(memory))).rejects.toThrow(
    'killed',
  );
}

const keysIn = (memory: ReturnType<typeof createMemoryObjects>, part: string): readonly string[] =>
  [...memory.objects.keys()].filter((key) => key.includes(part));

test.each([
  ['an hour', hourMs, 0],
  ['23 hours', 23 * hourMs, 0],
  ['a day', dayMs, 3],
])('parts that were left %s ago', async (_age, ageMs, sent) => {
  const memory = createMemoryObjects();
  await leaveParts(memory);
  const left = keysIn(memory, 'runs/parts/').length;
  expect(left).toBeGreaterThan(0);
  memory.now += ageMs;
  memory.calls.length = 0;
  const archive = createSampleArchive([...seeds, 4]);
  const stored = await memoryStore(memory).upload(archive, uploadOptions(), memoryRun(memory));
  expect(fetchFrom(memory, stored).equals(archive.bytes)).toBe(true);
  expect(memory.calls.filter((call) => call.startsWith('put'))).toHaveLength(sent === 0 ? 4 - left : 4);
  if (sent > 0) expect(keysIn(memory, 'runs/parts/')).toEqual([]);
});

test('what others left is removed when it is too old, by any upload, and nothing else', async () => {
  const memory = createMemoryObjects();
  const put = (key: string, ageMs: number): void =>
    void memory.objects.set(key, { bytes: Buffer.alloc(1), modifiedMs: memory.now - ageMs, metadata: {} });
  put('pre/runs/parts/old', dayMs);
  put('pre/runs/parts/young', dayMs - 1);
  put('pre/runs/r0/old.tar.gz', 7 * dayMs);
  put('pre/runs/r0/waiting.tar.gz', 7 * dayMs - 1);
  put('pre/contexts/kept.tar.gz', 100 * dayMs);
  put('pre/contexts/parts/kept', 100 * dayMs);
  put('other', 100 * dayMs);
  const before = new Set(memory.objects.keys());
  const stored = await memoryStore(memory).upload(
    createSampleArchive([1]),
    uploadOptions(),
    memoryRun(memory),
  );
  await stored.remove(memoryRun(memory));
  const gone = [...before].filter((key) => !memory.objects.has(key));
  expect(gone).toEqual(['pre/runs/parts/old', 'pre/runs/r0/old.tar.gz']);
  await memoryStore(memory).upload(
    createSampleArchive([1]),
    uploadOptions({ keepMs: 9 * dayMs }),
    memoryRun(memory),
  );
  expect(keysIn(memory, 'kept')).toEqual([]);
});

test('a clock of this machine that is a month fast removes nothing of others', async () => {
  const memory = createMemoryObjects();
  const key = 'pre/runs/r0/waiting.tar.gz';
  memory.objects.set(key, { bytes: Buffer.alloc(1), modifiedMs: memory.now - hourMs, metadata: {} });
  const fast = { signal: new AbortController().signal, now: () => memory.now + 30 * dayMs };
  await memoryStore(memory).upload(createSampleArchive([1, 2]), uploadOptions(), fast);
  expect(keysIn(memory, 'waiting')).toEqual([key]);
});

test('what another upload has renewed since it was listed is not removed', async () => {
  const memory = createMemoryObjects();
  const key = 'pre/contexts/other.tar.gz';
  memory.objects.set(key, { bytes: Buffer.alloc(1), modifiedMs: memory.now - 9 * dayMs, metadata: {} });
  memory.after = (call) => {
    if (call.startsWith('list')) memory.objects.get(key)!.modifiedMs = memory.now;
  };
  await memoryStore(memory).upload(
    createSampleArchive([1]),
    uploadOptions({ keepMs: dayMs }),
    memoryRun(memory),
  );
  expect(keysIn(memory, 'other')).toEqual([key]);
});

test.each<[what: string, keepMs: number, ageMs: number, calls: RegExp]>([
  ['in the first half of its life is used as it is', 4 * dayMs, 2 * dayMs - 1, /^stat .*gz$/],
  ['in the second half is renewed inside of the store', 4 * dayMs, 2 * dayMs, /^stat .*gz concat .*gz$/],
  ['just before its end is renewed, too', 4 * dayMs, 4 * dayMs - 1, /^stat .*gz concat .*gz$/],
  ['after its end is sent again', 4 * dayMs, 4 * dayMs, /put .* concat .*gz/],
  ['stays twice as long as a build may wait, however short it is to be kept', 1, hourMs - 1, /^stat .*gz$/],
])('a kept archive %s', async (_what, keepMs, ageMs, calls) => {
  const memory = createMemoryObjects();
  const options = uploadOptions({ keepMs });
  await memoryStore(memory).upload(createSampleArchive(seeds), options, memoryRun(memory));
  memory.now += ageMs;
  memory.calls.length = 0;
  const archive = createSampleArchive(seeds, { isKnown: true });
  const stored = await memoryStore(memory).upload(archive, options, memoryRun(memory));
  expect(memory.calls.join(' ')).toMatch(calls);
  expect(fetchFrom(memory, stored).equals(archive.bytes)).toBe(true);
  const object = memory.objects.get(stored.delivery.context.slice('memory://'.length));
  expect(object!.modifiedMs + Math.max(keepMs, 2 * hourMs)).toBeGreaterThan(memory.now + hourMs);
});

test('an archive that can not be renewed is sent again', async () => {
  const memory = createMemoryObjects();
  const options = uploadOptions({ keepMs: 4 * dayMs });
  await memoryStore(memory).upload(createSampleArchive([1]), options, memoryRun(memory));
  memory.now += 3 * dayMs;
  memory.before = (call) => {
    if (call.startsWith('concat')) throw new Error('copies are denied');
  };
  const again = createSampleArchive([1], { isKnown: true });
  const stored = await memoryStore(memory).upload(again, options, memoryRun(memory));
  expect(stored.sentBytes).toBe(again.bytes.length);
});

test('parts in use are renewed before their end, so that a change a month later still sends little', async () => {
  const memory = createMemoryObjects();
  const options = uploadOptions({ keepMs: 4 * dayMs });
  let sent = 0;
  for (let count = 0; count < 10; count += 1) {
    const archive = createSampleArchive([1, 2, 10 + count, 3]);
    sent = (await memoryStore(memory).upload(archive, options, memoryRun(memory))).sentBytes;
    memory.now += 3 * dayMs;
  }
  expect(sent).toBeLessThan(6_000_000);
  expect(keysIn(memory, 'contexts/parts/').length).toBeLessThanOrEqual(6);
});

test('without the right to list each part is asked for, and nothing is cleaned', async () => {
  const memory = createMemoryObjects();
  memory.canList = false;
  memory.objects.set('pre/contexts/old.tar.gz', { bytes: Buffer.alloc(1), modifiedMs: 0, metadata: {} });
  const options = uploadOptions({ keepMs: dayMs });
  await memoryStore(memory).upload(createSampleArchive([1, 2, 3]), options, memoryRun(memory));
  const stored = await memoryStore(memory).upload(createSampleArchive([1, 4, 3]), options, memoryRun(memory));
  expect(stored.sentBytes).toBeLessThan(6_000_000);
  expect(keysIn(memory, 'old')).toHaveLength(1);
});

test('an object of the right name and the wrong size is not taken for what it seems', async () => {
  const memory = createMemoryObjects();
  const options = uploadOptions({ keepMs: dayMs });
  await memoryStore(memory).upload(createSampleArchive(seeds), options, memoryRun(memory));
  for (const key of memory.objects.keys()) {
    memory.objects.set(key, { bytes: Buffer.from('cut'), modifiedMs: memory.now, metadata: {} });
  }
  const archive = createSampleArchive(seeds, { isKnown: true });
  const stored = await memoryStore(memory).upload(archive, options, memoryRun(memory));
  expect(fetchFrom(memory, stored).equals(archive.bytes)).toBe(true);
});

test('a bucket whose order takes long holds up no build', async () => {
  const memory = createMemoryObjects();
  memory.objects.set('pre/runs/r0/old.tar.gz', { bytes: Buffer.alloc(1), modifiedMs: 0, metadata: {} });
  memory.before = async (call, signal) => {
    if (!call.includes('old')) return;
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  const startedAt = performance.now();
  await memoryStore(memory).upload(createSampleArchive([1]), uploadOptions(), memoryRun(memory));
  expect(performance.now() - startedAt).toBeLessThan(4000);
});
