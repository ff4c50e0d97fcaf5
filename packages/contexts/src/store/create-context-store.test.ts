import { describe, expect, test } from 'vitest';
import { contextStoreContract, createSampleArchive } from '../contract/index.ts';
import { createMemoryObjects } from './memory-objects.test.helper.ts';
import { fetchFrom, memoryRun, memoryStore, uploadOptions } from './memory-store.test.helper.ts';

describe.each([
  ['a store that puts objects together', 1],
  ['one that can not', undefined],
])('the contract on %s', (_name, smallestSourceBytes) => {
  const memory = createMemoryObjects(smallestSourceBytes);
  const contract = contextStoreContract({
    createStore: () => memoryStore(memory),
    list: () => Promise.resolve([...memory.objects.keys()].toSorted()),
    fetch: (stored) => Promise.resolve(fetchFrom(memory, stored)),
    reusesParts: smallestSourceBytes !== undefined,
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

test('the bucket is loaded once, when the first archive comes', async () => {
  const memory = createMemoryObjects();
  let loads = 0;
  const store = memoryStore(memory, {
    objects: () => {
      loads += 1;
      return Promise.resolve(memory);
    },
  });
  await store.check(memoryRun(memory));
  expect(loads).toBe(0);
  await Promise.all(
    ['a', 'b'].map((build) =>
      store.upload(createSampleArchive([1]), uploadOptions({ buildIds: [build] }), memoryRun(memory)),
    ),
  );
  expect(loads).toBe(1);
});

test('an archive that can not be delivered does not stay', async () => {
  const memory = createMemoryObjects();
  const reason = new Error('no credentials to sign with');
  const store = memoryStore(memory, { deliver: () => Promise.reject(reason) });
  await expect(store.upload(createSampleArchive([1]), uploadOptions(), memoryRun(memory))).rejects.toBe(
    reason,
  );
  expect([...memory.objects.keys()]).toEqual([]);
});

test('objects tell whose they are, in what every server takes', async () => {
  const memory = createMemoryObjects();
  const archive = createSampleArchive([1, 2]);
  await memoryStore(memory).upload(
    archive,
    uploadOptions({
      runId: 'run é',
      buildIds: ['web', 'api', 'docs'],
      keepMs: 1e9,
      labels: { 'kanikit.dev/Team': 'paint\n' },
    }),
    memoryRun(memory),
  );
  const { digest } = await archive.summary;
  const object = memory.objects.get(`pre/contexts/${digest.slice('sha256:'.length)}.tar.gz`);
  expect(object?.metadata).toEqual({
    'kanikit-dev-team': 'paint-',
    'kanikit-run': 'run -',
    'kanikit-build': 'web and 2 more',
    'kanikit-digest': digest,
  });
});

test('progress comes at most ten times a second, and at the end', async () => {
  const memory = createMemoryObjects();
  const reports: number[] = [];
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  memory.after = (call) => {
    // 20 parts in half a second.
    if (call.startsWith('put')) memory.now += 25;
  };
  const onProgress = (): void => void reports.push(memory.now);
  await memoryStore(memory).upload(
    createSampleArchive(seeds),
    uploadOptions({ onProgress }),
    memoryRun(memory),
  );
  expect(reports.length).toBeGreaterThan(3);
  expect(reports.length).toBeLessThanOrEqual(7);
});

test('three parts are on the way at once, whatever comes', async () => {
  const memory = createMemoryObjects();
  memory.before = () => new Promise((resolve) => void setImmediate(resolve));
  await memoryStore(memory).upload(
    createSampleArchive([1, 2, 3, 4, 5, 6, 7, 8]),
    uploadOptions(),
    memoryRun(memory),
  );
  expect(memory.mostPuts).toBe(3);
});

test('a part that the first request of two uploads is sending is not sent by the second', async () => {
  const memory = createMemoryObjects();
  const store = memoryStore(memory);
  const uploads = ['a', 'b'].map((build) =>
    store.upload(createSampleArchive([1, 2, 3]), uploadOptions({ buildIds: [build] }), memoryRun(memory)),
  );
  const all = await Promise.all(uploads);
  expect(memory.calls.filter((call) => call.startsWith('put'))).toHaveLength(3);
  expect(all[0]!.sentBytes + all[1]!.sentBytes).toBe(all[0]!.sizeBytes);
});

test('a delivery can be had anew while the object is there', async () => {
  const memory = createMemoryObjects();
  let count = 0;
  const store = memoryStore(memory, {
    deliver: (key) =>
      Promise.resolve({
        context: `memory://${key}?${(count += 1)}`,
        isSecret: true,
        args: [],
        env: {},
        secretEnv: {},
      }),
  });
  const stored = await store.upload(createSampleArchive([1]), uploadOptions(), memoryRun(memory));
  const puts = memory.calls.length;
  expect((await stored.renew?.(memoryRun(memory)))?.context).toBe(
    stored.delivery.context.replace('?1', '?2'),
  );
  expect(memory.calls).toHaveLength(puts);
});
