import { isKanikitError } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { createSampleArchive } from '../contract/index.ts';
import { createMemoryObjects } from './memory-objects.test.helper.ts';
import { fetchFrom, memoryRun, memoryStore, uploadOptions } from './memory-store.test.helper.ts';

const seeds = [1, 2, 3, 4];

test.each<[when: string, call: RegExp, seeds: readonly number[]]>([
  ['the only request of a small archive', /^put pre\/runs\/r1/, [1]],
  ['the listing', /^list/, seeds],
  ['a part', /^put .*parts/, seeds],
  ['putting together', /^concat/, seeds],
])('an abort during %s ends with its reason and leaves nothing', async (_when, call, parts) => {
  for (const moment of ['before', 'after'] as const) {
    const memory = createMemoryObjects();
    const controller = new AbortController();
    const reason = new Error('the user left');
    memory[moment] = (name) => {
      if (call.test(name)) controller.abort(reason);
    };
    const upload = memoryStore(memory).upload(
      createSampleArchive(parts),
      uploadOptions(),
      memoryRun(memory, controller.signal),
    );
    await expect(upload, moment).rejects.toBe(reason);
    expect([...memory.objects.keys()], moment).toEqual([]);
  }
});

test('an abort while a request hangs ends soon', async () => {
  const memory = createMemoryObjects();
  const controller = new AbortController();
  const reason = new Error('the user left');
  memory.before = async (call, signal) => {
    if (!call.startsWith('put')) return;
    setImmediate(() => controller.abort(reason));
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  const startedAt = performance.now();
  const upload = memoryStore(memory).upload(
    createSampleArchive(seeds),
    uploadOptions(),
    memoryRun(memory, controller.signal),
  );
  await expect(upload).rejects.toBe(reason);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test('an abort of a kept upload keeps the parts that it has sent, for the next one', async () => {
  const memory = createMemoryObjects();
  const controller = new AbortController();
  const options = uploadOptions({ keepMs: 1e9 });
  memory.before = (call) => {
    if (call.startsWith('concat')) controller.abort(new Error('the user left'));
  };
  const archive = createSampleArchive(seeds);
  const run = memoryRun(memory, controller.signal);
  await expect(memoryStore(memory).upload(archive, options, run)).rejects.toThrow('the user left');
  memory.before = () => {};
  const again = createSampleArchive(seeds);
  const stored = await memoryStore(memory).upload(again, options, memoryRun(memory));
  expect(stored.sentBytes).toBe(0);
  expect(fetchFrom(memory, stored).equals(again.bytes)).toBe(true);
});

test.each<[what: string, call: RegExp, seeds: readonly number[]]>([
  ['a small archive', /^put/, [1]],
  ['an archive of parts', /^concat/, seeds],
])('where the answer for %s is lost, no archive is there', async (_what, call, parts) => {
  const memory = createMemoryObjects();
  const reason = new Error('connection lost');
  memory.after = (name) => {
    if (call.test(name)) throw reason;
  };
  const upload = memoryStore(memory).upload(createSampleArchive(parts), uploadOptions(), memoryRun(memory));
  await expect(upload).rejects.toBe(reason);
  expect([...memory.objects.keys()].filter((key) => !key.includes('parts'))).toEqual([]);
});

test('a part that vanishes before it is put together ends in a retryable error, and the next attempt works', async () => {
  const memory = createMemoryObjects();
  const store = memoryStore(memory);
  const options = uploadOptions({ keepMs: 1e9 });
  await store.upload(createSampleArchive(seeds), options, memoryRun(memory));
  memory.after = (call) => {
    if (!call.startsWith('list')) return;
    for (const key of memory.objects.keys()) if (key.includes('/parts/')) memory.objects.delete(key);
  };
  const changed = [1, 2, 5, 4];
  const failure: unknown = await store
    .upload(createSampleArchive(changed), options, memoryRun(memory))
    .catch((error: unknown) => error);
  expect(isKanikitError(failure) && [failure.code, failure.retryable]).toEqual([
    'bucket-upload-failed',
    true,
  ]);
  expect(String(failure)).toContain('memory://pre/contexts/');
  memory.after = () => {};
  const archive = createSampleArchive(changed);
  const stored = await store.upload(archive, options, memoryRun(memory));
  expect(fetchFrom(memory, stored).equals(archive.bytes)).toBe(true);
});

test("a part's own failure to be read passes through", async () => {
  const memory = createMemoryObjects();
  const reason = new Error('a file shrank');
  const archive = createSampleArchive(seeds);
  const parts = async function* (): AsyncGenerator<
    typeof archive.parts extends AsyncIterable<infer P> ? P : never,
    void
  > {
    for await (const part of archive.parts) yield { ...part, read: () => Promise.reject(reason) };
  };
  const broken = { ...archive, parts: parts() };
  await expect(memoryStore(memory).upload(broken, uploadOptions(), memoryRun(memory))).rejects.toBe(reason);
  expect([...memory.objects.keys()]).toEqual([]);
});

test('the first part that fails ends the upload, with its error', async () => {
  const memory = createMemoryObjects();
  const reason = new Error('disk full');
  memory.before = (call) => {
    if (call.includes('/parts/') && memory.calls.filter((name) => name.startsWith('put')).length === 2)
      throw reason;
  };
  const many = Array.from({ length: 12 }, (_, index) => index + 1);
  await expect(
    memoryStore(memory).upload(createSampleArchive(many), uploadOptions(), memoryRun(memory)),
  ).rejects.toBe(reason);
  expect(memory.calls.filter((call) => call.startsWith('put')).length).toBeLessThan(8);
});

test('an archive that is silent and deaf does not hold up an abort', async () => {
  const memory = createMemoryObjects();
  const controller = new AbortController();
  const reason = new Error('the user left');
  const archive = createSampleArchive(seeds, {
    beforePart: async (index) => {
      if (index < 3) return;
      setImmediate(() => controller.abort(reason));
      await new Promise(() => {});
    },
  });
  const run = memoryRun(memory, controller.signal);
  await expect(memoryStore(memory).upload(archive, uploadOptions(), run)).rejects.toBe(reason);
  expect([...memory.objects.keys()]).toEqual([]);
});
