import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { withLock } from './with-lock.ts';

let folder: string;
let file: string;
const signal = AbortSignal.timeout(60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-lock-'));
  file = join(folder, 'lock');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const enter = async (): Promise<void> =>
    await withLock(file, signal, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 5 }, enter));
  expect(most).toBe(1);
});

it('frees the lock when the action fails', async () => {
  const failing = withLock(file, signal, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withLock(file, signal, () => Promise.resolve('in'))).toBe('in');
});

it('stops waiting when told to, and leaves the lock to its holder', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hold } = Promise.withResolvers<void>();
  const first = withLock(file, signal, async () => {
    hold();
    await released;
    return 'first';
  });
  await held;
  const stop = new AbortController();
  const second = withLock(file, stop.signal, () => Promise.resolve('second'));
  stop.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  release();
  expect(await first).toBe('first');
});
