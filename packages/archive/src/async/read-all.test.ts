import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readAll, withAbort } from './read-all.ts';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('reads all, or nothing of what is too long', async () => {
  const { signal } = new AbortController();
  expect((await readAll(chunks('ab', 'c'), 3, signal))?.toString()).toBe('abc');
  expect(await readAll(chunks('ab', 'cd'), 3, signal)).toBeUndefined();
});

test('a stream is closed when its reader leaves, and ends with the abort even while it is silent', async () => {
  let closed = 0;
  async function* silent(): AsyncGenerator<number> {
    try {
      yield 1;
      await new Promise<never>(() => {});
    } finally {
      closed += 1;
    }
  }
  const controller = new AbortController();
  for await (const value of withAbort(silent(), controller.signal)) {
    expect(value).toBe(1);
    break;
  }
  await Promise.resolve();
  expect(closed).toBe(1);
  const reading = withAbort(silent(), controller.signal);
  await reading.next();
  const next = reading.next();
  controller.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
  await expect(withAbort(silent(), controller.signal).next()).rejects.toThrow('enough');
});

test('what was read is not kept', () => {
  const script = `
    const { withAbort } = await import(${JSON.stringify(new URL('read-all.ts', import.meta.url))});
    async function* source() {
      for (let index = 0; index < 200; index += 1) yield new Uint8Array(1_000_000);
    }
    let held = 0;
    for await (const _chunk of withAbort(source(), new AbortController().signal)) {
      if (typeof gc === 'function') gc();
      held = Math.max(held, process.memoryUsage().arrayBuffers);
    }
    console.log(held);`;
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', '--conditions=@kanikit/source', '--input-type=module', '-e', script],
    { cwd: fileURLToPath(new URL('.', import.meta.url)) },
  );
  expect(Number(output)).toBeGreaterThan(0);
  expect(Number(output)).toBeLessThan(20_000_000);
});
