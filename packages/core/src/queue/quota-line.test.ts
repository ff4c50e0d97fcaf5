import { type DelayBounds, KanikitError, type RunContext } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { createQuotaLines } from './quota-line.ts';

const refusal = new KanikitError({
  code: 'quota-exceeded',
  message: 'The quota is full.',
  hint: 'Wait.',
  retryable: true,
});
const never = new KanikitError({ code: 'quota-exceeded', message: 'It never fits.' });

/** A namespace with this much room, as its cluster tells it (or does not). */
function namespaceOf(room: number, canTell = true, delays?: DelayBounds) {
  const state = { room, tries: 0, waits: 0 };
  let changed = Promise.withResolvers<void>();
  const lines = createQuotaLines(
    {
      whenRoom: async (_refusal, { signal }) => {
        if (!canTell) return false;
        state.waits += 1;
        while (state.room === 0) {
          signal.throwIfAborted();
          await Promise.race([
            changed.promise,
            new Promise((resolve) => signal.addEventListener('abort', resolve)),
          ]);
        }
        return true;
      },
    },
    delays,
  );
  const order: string[] = [];
  const told = new Map<string, (string | undefined)[]>();
  const launch = (
    name: string,
    options: { run?: RunContext; namespace?: string; timeoutMs?: number } = {},
  ) => {
    const words: (string | undefined)[] = [];
    told.set(name, words);
    const {
      run = { signal: new AbortController().signal, now: Date.now },
      namespace = 'ns',
      timeoutMs = 60_000,
    } = options;
    const create = async () => {
      state.tries += 1;
      await Promise.resolve();
      if (state.room === 0) throw refusal;
      state.room -= 1;
      order.push(name);
      return name;
    };
    return lines.launch(create, { namespace, timeoutMs, onWait: (wait) => words.push(wait?.message) }, run);
  };
  return {
    state,
    order,
    told,
    lines,
    launch,
    free() {
      state.room += 1;
      changed.resolve();
      changed = Promise.withResolvers();
    },
  };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('a quota that is full', () => {
  test('is waited for in order, one try at a time', async () => {
    const { state, order, told, launch, free } = namespaceOf(1);
    const all = [launch('a')];
    await all[0];
    all.push(launch('b'));
    await settled();
    all.push(launch('c'), launch('d'));
    await settled();
    expect(told.get('b')).toEqual(['The quota is full.']);
    expect(told.get('d')).toEqual(['The quota is full. 2 builds are ahead of this one.']);
    expect(state.tries).toBe(2);
    free();
    await settled();
    expect(order).toEqual(['a', 'b']);
    expect(told.get('b')?.at(-1)).toBeUndefined();
    expect(told.get('d')?.at(-1)).toBe('The quota is full. 1 build is ahead of this one.');
    free();
    free();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect(state.tries).toBeLessThanOrEqual(7);
  });

  test('does not hold up another namespace', async () => {
    const { launch, lines } = namespaceOf(0);
    const stop = new AbortController();
    const waiting = launch('a', { run: { signal: stop.signal, now: Date.now } });
    await settled();
    const other = lines.launch(
      async () => 'there',
      { namespace: 'other', timeoutMs: 1, onWait: () => undefined },
      {
        signal: stop.signal,
        now: Date.now,
      },
    );
    expect(await other).toBe('there');
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test.each([0, 1])('lets who is cancelled go, first or not: %i', async (position) => {
    const { order, launch, free } = namespaceOf(0);
    const stops = [new AbortController(), new AbortController()];
    const waits = stops.map(({ signal }, index) => launch(`b${index}`, { run: { signal, now: Date.now } }));
    await settled();
    stops[position]?.abort(new Error('no patience'));
    await expect(waits[position]).rejects.toThrow('no patience');
    free();
    await waits[1 - position];
    expect(order).toEqual([`b${1 - position}`]);
  });

  test('is given up after the longest wait, with its own words', async () => {
    const { launch } = namespaceOf(0);
    await expect(launch('a', { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'quota-exceeded',
      retryable: false,
      message: expect.stringMatching(/^The quota is full\. There was none for 0\.02 s/),
      hint: 'Wait.',
    });
  });

  test('that never has room is not waited for, nor what is no quota', async () => {
    const { lines } = namespaceOf(0);
    const run = { signal: new AbortController().signal, now: Date.now };
    const wait = { namespace: 'ns', timeoutMs: 1, onWait: () => undefined };
    await expect(lines.launch(() => Promise.reject(never), wait, run)).rejects.toBe(never);
    const other = new Error('no');
    await expect(lines.launch(() => Promise.reject(other), wait, run)).rejects.toBe(other);
  });
});

describe('where the cluster can not tell', () => {
  test('it is tried again when a pod of ours ended', async () => {
    const { state, launch, lines, free } = namespaceOf(0, false);
    const waiting = launch('a');
    await settled();
    expect(state.tries).toBe(1);
    free();
    lines.ended('other');
    await settled();
    expect(state.tries).toBe(1);
    lines.ended('ns');
    expect(await waiting).toBe('a');
    expect(state.tries).toBe(2);
  });

  test('it is tried again after growing delays', async () => {
    const { state, launch, free } = namespaceOf(0, false, { firstMs: 1, longestMs: 4 });
    const waiting = launch('a');
    await expect.poll(() => state.tries).toBeGreaterThan(4);
    free();
    expect(await waiting).toBe('a');
  });
});
