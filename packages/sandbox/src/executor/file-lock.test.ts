import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one in at a time', async () => {
  let inside = 0;
  let most = 0;
  const enter = (): Promise<void> =>
    withFileLock(join(folder, 'lock'), { signal: AbortSignal.timeout(20_000) }, async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    });
  await Promise.all(Array.from({ length: 8 }, enter));
  expect(most).toBe(1);
});

it('tells who waits, and stops waiting when cancelled', async () => {
  const file = join(folder, 'lock');
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const first = withFileLock(file, { signal: AbortSignal.timeout(20_000) }, () => {
    held.resolve();
    return release.promise;
  });
  await held.promise;
  const cancel = new AbortController();
  const second = withFileLock(
    file,
    { signal: cancel.signal, onWait: () => cancel.abort(new Error('enough')) },
    () => Promise.resolve(),
  );
  await expect(second).rejects.toThrow('enough');
  release.resolve();
  await first;
});

it('is free again after its action failed', async () => {
  const file = join(folder, 'lock');
  const signal = AbortSignal.timeout(20_000);
  await expect(withFileLock(file, { signal }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withFileLock(file, { signal }, () => Promise.resolve(1))).resolves.toBe(1);
});
