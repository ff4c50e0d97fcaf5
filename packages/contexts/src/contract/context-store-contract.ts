import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { ContextStore, StoredContext, UploadOptions, UploadProgress } from '@kanikit/spec';
import { contractRun, type ContractTest, failureOf } from './contract-test.ts';
import { createSampleArchive, partBytes } from './sample-archive.ts';

export interface ContextStoreSetup {
  /** The store under test. Asked by each test, for the same empty place: what one test leaves, the next one meets. */
  readonly createStore: () => ContextStore | Promise<ContextStore>;
  /** Names of all objects and unfinished uploads that are in that place now. */
  readonly list: () => Promise<readonly string[]>;
  /** The bytes that an executor gets by `stored.delivery`. */
  readonly fetch: (stored: StoredContext) => Promise<Uint8Array>;
  /** Text that must not be seen anywhere but in secret fields, such as keys. */
  readonly secrets?: readonly string[] | undefined;
  /** Whether parts that are in the store are not sent again. @default true */
  readonly reusesParts?: boolean | undefined;
  /** Longest that an abort may take to come through, in milliseconds. @default 5000 */
  readonly abortLimitMs?: number | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** What holds for every `ContextStore`. Tests share the place, so they are to be run one after the other, in this order. */
export function contextStoreContract(setup: ContextStoreSetup): readonly ContractTest[] {
  const { reusesParts = true, secrets = [], abortLimitMs = 5000 } = setup;
  let uploads = 0;
  const optionsFor = async (
    store: ContextStore,
    changes: Partial<UploadOptions> = {},
  ): Promise<UploadOptions> => {
    const { possible } = await store.deliveries(undefined, contractRun());
    const [delivery] = possible;
    assert.ok(delivery !== undefined, 'a store offers a delivery to an executor that can do everything');
    uploads += 1;
    return {
      runId: `run-${uploads}`,
      buildIds: [`build-${uploads}`],
      delivery,
      lifetimeMs: 60_000,
      keepMs: undefined,
      ...changes,
    };
  };
  const assertNothingSecret = (value: unknown): void => {
    const text = JSON.stringify(value);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${text} shows a secret`);
  };

  const arrives = async (seeds: readonly number[]): Promise<void> => {
    const store = await setup.createStore();
    const before = await setup.list();
    const archive = createSampleArchive(seeds);
    const reports: UploadProgress[] = [];
    const options = await optionsFor(store, { onProgress: (progress) => reports.push(progress) });
    const stored = await store.upload(archive, options, contractRun());
    assert.deepEqual(await archive.summary, {
      digest: stored.digest,
      sizeBytes: stored.sizeBytes,
      dockerfiles: stored.dockerfiles,
    });
    assert.ok(archive.bytes.equals(await setup.fetch(stored)), 'the bytes are those of the archive');
    const sums = reports.map(({ sentBytes, reusedBytes }) => sentBytes + reusedBytes);
    assert.deepEqual(
      sums,
      sums.toSorted((one, other) => one - other),
      'progress only grows',
    );
    assert.equal(sums.at(-1), archive.bytes.length);
    assert.equal(reports.at(-1)?.totalBytes, archive.bytes.length);
    assert.equal(reports.at(-1)?.sentBytes, stored.sentBytes);
    assert.equal(stored.isKept, false);
    const { secretEnv: _, secretFiles: __, context, ...open } = stored.delivery;
    assertNothingSecret([stored.location, open, stored.delivery.isSecret ? '' : context]);
    await stored.remove(contractRun());
    assert.deepEqual(await setup.list(), before, 'nothing is left after it was removed');
    await stored.remove(contractRun());
  };

  return [
    {
      name: 'says what it is, without secrets',
      run: async () => {
        const store = await setup.createStore();
        assert.equal(store.specVersion, 1);
        assert.match(store.kind, /^[a-z][a-z0-9-]*$/);
        assert.notEqual(store.description, '');
        assertNothingSecret(store.description);
      },
    },
    {
      name: 'gives a reason for each delivery that is not possible',
      run: async () => {
        const store = await setup.createStore();
        const { possible, reasons } = await store.deliveries(
          { executor: 'an old one', kinds: ['stdin'], hasSubPath: false, gitOptions: [], hasGitRefs: false },
          contractRun(),
        );
        assert.deepEqual(possible, []);
        for (const delivery of ['signed-url', 'bucket-url'] as const) {
          assert.ok(reasons[delivery], `a reason against ${delivery}`);
        }
      },
    },
    {
      name: 'the check leaves nothing behind',
      run: async () => {
        const before = await setup.list();
        await (await setup.createStore()).check(contractRun());
        assert.deepEqual(await setup.list(), before);
      },
    },
    { name: 'a small archive arrives, and is removed', run: () => arrives([1]) },
    { name: 'an archive in parts arrives in their order, and is removed', run: () => arrives([3, 1, 2, 4]) },
    { name: 'a part may come more than once in an archive', run: () => arrives([5, 5, 6, 5, 7]) },
    {
      name: 'every delivery that it offers gives the archive',
      run: async () => {
        const store = await setup.createStore();
        const { possible } = await store.deliveries(undefined, contractRun());
        for (const delivery of possible) {
          const archive = createSampleArchive([8]);
          const stored = await store.upload(archive, await optionsFor(store, { delivery }), contractRun());
          assert.equal(stored.delivery.isSecret, delivery === 'signed-url', 'a signed URL is a secret');
          assert.ok(archive.bytes.equals(await setup.fetch(stored)));
          await stored.remove(contractRun());
        }
      },
    },
    {
      name: 'uploads at once that share parts do not harm each other',
      run: async () => {
        const store = await setup.createStore();
        const before = await setup.list();
        const archives = [
          [10, 11, 12],
          [10, 11, 13],
          [10, 11, 12],
        ].map((seeds) => createSampleArchive(seeds));
        const all = await Promise.all(
          archives.map(
            async (archive) => await store.upload(archive, await optionsFor(store), contractRun()),
          ),
        );
        for (const [index, stored] of all.entries()) {
          assert.ok(archives[index]?.bytes.equals(await setup.fetch(stored)));
          await stored.remove(contractRun());
        }
        assert.deepEqual(await setup.list(), before);
      },
    },
    {
      name: 'a kept archive is neither sent nor read again, and stays',
      run: async () => {
        const keep = { keepMs: dayMs };
        const store = await setup.createStore();
        const seeds = [20, 21, 22];
        const first = await store.upload(
          createSampleArchive(seeds, { isKnown: true }),
          await optionsFor(store, keep),
          contractRun(),
        );
        assert.equal(first.isKept, true);
        await first.remove(contractRun());
        const archive = createSampleArchive(seeds, { isKnown: true });
        const second = await (
          await setup.createStore()
        ).upload(archive, await optionsFor(store, keep), contractRun());
        assert.deepEqual([second.sentBytes, archive.readCount()], [0, 0]);
        assert.ok(archive.bytes.equals(await setup.fetch(second)));
      },
    },
    {
      name: 'of a kept archive that changed only what changed is sent',
      run: async () => {
        if (!reusesParts) return;
        const store = await setup.createStore();
        const keep = { keepMs: dayMs };
        await store.upload(
          createSampleArchive([30, 31, 32, 33]),
          await optionsFor(store, keep),
          contractRun(),
        );
        const changed = createSampleArchive([30, 34, 32, 33]);
        const stored = await store.upload(changed, await optionsFor(store, keep), contractRun());
        assert.equal(stored.sentBytes, partBytes + 34 * 1000);
        assert.ok(changed.bytes.equals(await setup.fetch(stored)));
      },
    },
    {
      name: "an archive's own error passes through, and no archive is there; the next upload goes on from there",
      run: async () => {
        const store = await setup.createStore();
        const broken = new Error('a file changed');
        const seeds = [40, 41, 42, 43, 44, 45];
        const archive = createSampleArchive(seeds, {
          beforePart: (index) => {
            if (index === 5) throw broken;
          },
        });
        const failure = await failureOf(store.upload(archive, await optionsFor(store), contractRun()));
        assert.equal(failure, broken);
        assert.deepEqual(
          (await setup.list()).filter((name) => name.includes('run-')),
          [],
          'nothing that passes for the archive',
        );
        const again = createSampleArchive(seeds);
        const stored = await store.upload(again, await optionsFor(store), contractRun());
        assert.ok(again.bytes.equals(await setup.fetch(stored)));
        if (reusesParts) assert.ok(stored.sentBytes < again.bytes.length, 'some of it was there');
        await stored.remove(contractRun());
      },
    },
    {
      name: 'an abort ends with its reason, soon, and leaves nothing',
      run: async () => {
        const store = await setup.createStore();
        const before = await setup.list();
        const controller = new AbortController();
        const reason = new Error('the user left');
        // Ends with the signal, as the archives of sources do.
        const archive = createSampleArchive([50, 51, 52, 53, 54], {
          beforePart: async (index) => {
            if (index < 4) return;
            setImmediate(() => controller.abort(reason));
            await new Promise((_, reject) => {
              controller.signal.addEventListener('abort', () => reject(reason));
            });
          },
        });
        const options = await optionsFor(store);
        const uploading = failureOf(store.upload(archive, options, contractRun(controller.signal)));
        await new Promise<void>((resolve) => {
          controller.signal.addEventListener('abort', () => resolve());
        });
        const late = setTimeout(abortLimitMs, 'late', { ref: false });
        assert.equal(await Promise.race([uploading, late]), reason);
        assert.deepEqual(await setup.list(), before);
      },
    },
    {
      name: 'what was aborted before does not begin',
      run: async () => {
        const reason = new Error('the user left');
        const store = await setup.createStore();
        const archive = createSampleArchive([60]);
        const options = await optionsFor(store);
        const run = contractRun(AbortSignal.abort(reason));
        assert.equal(await failureOf(store.upload(archive, options, run)), reason);
        assert.equal(await failureOf(store.check(run)), reason);
        assert.equal(archive.readCount(), 0);
      },
    },
  ];
}
