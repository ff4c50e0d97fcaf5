import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { readingFunctions } from './reading-functions.ts';

/** A worker that says nothing for so long is at work that grows faster than its text, or waits for a busy machine. */
const silenceMs = 60_000;
const own = new URL('reading-functions.ts', import.meta.url).href;

test(
  'functions that read untrusted text do work that grows no faster than it',
  { timeout: 900_000 },
  async () => {
    const queue = [...readingFunctions.keys()];
    const slow: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        slow.push(...(await judge(own, next)));
    };
    await Promise.all([work(), work()]);
    expect(slow).toEqual([]);
  },
);

test('finds those that do more, and those that overflow', { timeout: 120_000 }, async () => {
  const made = (code: string): string =>
    `data:text/javascript,${encodeURIComponent(`export const readingFunctions = [{ name: 'made', read: (text) => ${code}, beginnings: [''] }];`)}`;
  expect(await judge(made(String.raw`/\r+$/.test(text)`), 0)).toContainEqual(
    expect.stringContaining(String.raw`"\r"`),
  );
  expect(await judge(made(`'x'.repeat(text.length * 1e9)`), 0)).not.toEqual([]);
  expect(await judge(made('text.length'), 0)).toEqual([]);
});

const idle: Worker[] = [];
afterAll(async () => {
  await Promise.all(idle.map((worker) => worker.terminate()));
});

/** The texts that a function of a module is slow on. */
async function judge(module: string, index: number): Promise<readonly string[]> {
  const worker =
    idle.pop() ??
    new Worker(new URL('function-worker.ts', import.meta.url), {
      execArgv: ['--conditions=@kanikit/source'],
    });
  const slow: string[] = [];
  let isSilent = false;
  await new Promise<void>((resolve, reject) => {
    let at = `${module} ${index}: loading`;
    const onSilence = (): void => {
      isSilent = true;
      slow.push(`${at}, for ${silenceMs / 1000} s`);
      resolve();
    };
    let timer = setTimeout(onSilence, silenceMs);
    worker.removeAllListeners();
    worker.on('error', reject);
    worker.on('message', (message: { at: string } | { slow: string } | { isDone: true }) => {
      clearTimeout(timer);
      if ('isDone' in message) {
        resolve();
        return;
      }
      if ('slow' in message) slow.push(message.slow);
      else ({ at } = message);
      timer = setTimeout(onSilence, silenceMs);
    });
    worker.postMessage({ module, index });
  });
  if (isSilent) await worker.terminate();
  else idle.push(worker);
  return slow;
}
