import { expect, test } from 'vitest';
import { type BuildLimits, createBuildQueue } from './build-queue.ts';

/** A queue whose builds are known by name: who runs, and what each was told. */
function queueOf(limits: BuildLimits) {
  const queue = createBuildQueue(limits);
  const running: string[] = [];
  const releases = new Map<string, () => void>();
  const told = new Map<string, string[]>();
  return {
    running,
    told,
    come(
      name: string,
      namespace = 'ns',
      registries: readonly string[] = [],
      signal = new AbortController().signal,
    ) {
      const words: string[] = [];
      told.set(name, words);
      const taken = queue.take({ namespace, registries, onWait: (message) => words.push(message) }, signal);
      return taken.then((release) => {
        running.push(name);
        releases.set(name, release);
      });
    },
    async go(name: string) {
      running.splice(running.indexOf(name), 1);
      releases.get(name)?.();
      await settled();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('first come, first served, and each hears how many are ahead', async () => {
  const { come, go, running, told } = queueOf({ concurrency: 2 });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void come(name);
  await settled();
  expect(running).toEqual(['a', 'b']);
  await go('b');
  await go('a');
  expect(running).toEqual(['c', 'd']);
  expect(told.get('a')).toEqual([]);
  expect(told.get('c')).toEqual(['2 builds run at once; this one is next']);
  expect(told.get('f')).toEqual([
    '2 builds run at once; 3 ahead of this one',
    '2 builds run at once; 1 ahead of this one',
  ]);
});

test('who waits for a full namespace or registry lets the others pass', async () => {
  const limits = { concurrency: 4, concurrencyPerNamespace: 2, concurrencyPerRegistry: 1 };
  const { come, go, running, told } = queueOf(limits);
  void come('a', 'team', ['ghcr.io']);
  void come('b', 'team', ['ghcr.io', 'quay.io']);
  void come('c', 'team', ['quay.io']);
  void come('d', 'team');
  void come('e', 'other');
  await settled();
  expect(running).toEqual(['a', 'c', 'e']);
  expect(told.get('b')?.[0]).toBe('1 build runs at once that push to ghcr.io; this one is next');
  expect(told.get('d')?.[0]).toBe('2 builds run at once in namespace team; 1 ahead of this one');
  await go('a');
  expect(running).toEqual(['c', 'e', 'd']);
  expect(told.get('b')?.at(-1)).toContain('quay.io');
  await go('c');
  expect(running).toEqual(['e', 'd', 'b']);
});

test('who needs two rare places gets them, however many come that need one', async () => {
  const { come, go, running } = queueOf({ concurrency: 10, concurrencyPerRegistry: 1 });
  void come('x0', 'ns', ['x']);
  void come('y0', 'ns', ['y']);
  void come('both', 'ns', ['x', 'y']);
  await settled();
  let rounds = 0;
  for (; !running.includes('both') && rounds < 100; rounds += 1) {
    const register = rounds % 2 === 0 ? 'x' : 'y';
    void come(`${register}${Math.floor(rounds / 2) + 1}`, 'ns', [register]);
    await go(running.find((name) => name.startsWith(register)) ?? '');
  }
  expect(running).toContain('both');
  expect(rounds).toBeGreaterThan(2);
});

test('who stops waiting leaves no gap, and a place is given back once', async () => {
  const { come, go, running } = queueOf({ concurrency: 1 });
  const stop = new AbortController();
  void come('a');
  const left = come('b', 'ns', [], stop.signal);
  void come('c');
  stop.abort(new Error('no patience'));
  await expect(left).rejects.toThrow('no patience');
  await go('a');
  expect(running).toEqual(['c']);
  await expect(come('d', 'ns', [], AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

test('a thousand in the line are told little', async () => {
  const { come, go, running, told } = queueOf({ concurrency: 1 });
  for (let index = 0; index < 1_000; index += 1) void come(`b${index}`);
  await settled();
  for (let index = 0; index < 999; index += 1) await go(running[0] ?? '');
  expect(running).toEqual(['b999']);
  const events = [...told.values()].reduce((sum, words) => sum + words.length, 0);
  expect(events).toBeLessThan(10 * 1_000);
});

test.each([0, -1, Number.NaN])('a limit of %d is refused: nothing would ever begin', (limit) => {
  for (const limits of [{ concurrency: limit }, { concurrency: 1, concurrencyPerRegistry: limit }]) {
    expect(() => createBuildQueue(limits)).toThrow(expect.objectContaining({ code: 'limit-invalid' }));
  }
});
