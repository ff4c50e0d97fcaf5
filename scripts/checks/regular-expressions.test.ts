import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collectExpressions } from './regular-expressions.ts';
import { root } from './workspace-packages.ts';

/**
 * Expressions that are made from values while kanikit runs, by file. What they meet is tested beside the file;
 * expressions that are made while a file is loaded are tested here like literals.
 */
const madeWhileRunning: readonly string[] = [
  // From words that kanikit knows.
  'apps/cli/src/text/locale.ts',
  // From names that kanikit knows.
  'packages/contexts/src/azure-blob/executor-url.ts',
  // From words of the Dockerfile.
  'packages/kaniko/src/dockerfile/read-instructions.ts',
  // From forms that are written in the file.
  'packages/sandbox/src/kubernetes/validate/formats.ts',
];

/** A worker that says nothing for so long is at work that grows faster than its text. */
const silenceMs = 15_000;

interface Tested {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

const { literal, computed } = collectExpressions();
const loaded: Tested[] = [];

beforeAll(async () => {
  const Plain = globalThis.RegExp;
  let path = '';
  globalThis.RegExp = new Proxy(Plain, {
    construct(target, parameters: [string | RegExp, string?]) {
      const made = new target(...parameters);
      loaded.push({ place: path, source: made.source, flags: made.flags });
      return made;
    },
  });
  try {
    for (path of new Set(computed.map((one) => one.path)))
      if (!madeWhileRunning.includes(path)) await import(`${root}/${path}?anew`);
  } finally {
    globalThis.RegExp = Plain;
  }
});

it('sees the expressions of all sources, computed ones too', () => {
  expect(literal.length).toBeGreaterThan(500);
  const seen = new Set(loaded.map(({ place }) => place));
  const unseen = computed.filter(({ path }) => !seen.has(path) && !madeWhileRunning.includes(path));
  expect(unseen).toEqual([]);
  expect(loaded.length).toBeGreaterThan(10);
});

it('every expression does work that grows no faster than the text', { timeout: 600_000 }, async () => {
  const queue = new Map<string, Tested>();
  for (const one of [...literal, ...loaded]) queue.set(`/${one.source}/${one.flags}`, one);
  const slow: string[] = [];
  const entries = [...queue];
  const work = async (): Promise<void> => {
    for (let next = entries.pop(); next !== undefined; next = entries.pop()) {
      const [expression, { place, source, flags }] = next;
      const culprit = await judge(source, flags);
      if (culprit !== undefined) slow.push(`${place} ${expression}: ${culprit}`);
    }
  };
  await Promise.all([work(), work()]);
  // Take `stripEnd` of @kanikit/toolkit/text, a lookbehind such as (?<!x)x+$, a class that ends where the next part begins, or a bound such as {0,200}.
  expect(slow).toEqual([]);
});

it('finds those that do not', { timeout: 120_000 }, async () => {
  const slow = [
    [String.raw`\r+$`, ''],
    [String.raw`\S+:\/\/\S+`, 'g'],
    ['remote branch .* not found', 'i'],
    [String.raw`^\d*\.?\d+$`, ''],
    ['^/+|/+$', 'g'],
  ] as const;
  const judged = slow.map(async ([source, flags]) => [source, await judge(source, flags)] as const);
  for (const [source, culprit] of await Promise.all(judged)) expect(culprit, source).toBeDefined();
});

const idle: Worker[] = [];
afterAll(async () => {
  await Promise.all(idle.map((worker) => worker.terminate()));
});

/** The text that an expression is slow on; undefined when there is none. */
async function judge(source: string, flags: string): Promise<string | undefined> {
  const worker = idle.pop() ?? new Worker(new URL('match-worker.ts', import.meta.url));
  let isSilent = false;
  const culprit = await new Promise<string | undefined>((resolve, reject) => {
    let at = '';
    const onSilence = (): void => {
      isSilent = true;
      resolve(at);
    };
    let timer = setTimeout(onSilence, silenceMs);
    worker.removeAllListeners();
    worker.on('error', reject);
    worker.on('message', (message: { at: string } | { done: true; culprit: string | undefined }) => {
      clearTimeout(timer);
      if ('done' in message) {
        resolve(message.culprit);
        return;
      }
      ({ at } = message);
      timer = setTimeout(onSilence, silenceMs);
    });
    worker.postMessage({ source, flags });
  });
  if (isSilent) await worker.terminate();
  else idle.push(worker);
  return culprit;
}
