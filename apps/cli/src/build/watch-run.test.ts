import type { KanikitRun, RunResult } from '@kanikit/sdk';
import type { KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import type { ProgressMode } from '../displays/choose-mode.ts';
import { runEvents } from '../testing/run-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { watchRun } from './watch-run.ts';

const leftovers = ['pod ci/kanikit-a', 'context s3://b/k'];

function endedRun(): KanikitRun {
  const none = undefined;
  const ended = { digest: none, images: [], exitCode: 0, failure: none, durationMs: 1_000, logFile: none };
  const events = runEvents(
    ['a'],
    [
      { type: 'cleanup', target: 'pod ci/kanikit-a', outcome: 'failed', message: 'forbidden' },
      { type: 'build-end', outcome: 'cancelled', ...ended },
    ],
  );
  const result: RunResult = {
    run: 'r1',
    outcome: 'cancelled',
    builds: [],
    durationMs: 1_000,
    problems: [],
    leftovers,
  };
  return {
    id: 'r1',
    events: (async function* (): AsyncIterable<KanikitEvent> {
      yield* events;
    })(),
    result: Promise.resolve(result),
    cancel: () => undefined,
    created: () => [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

test.each<[ProgressMode, readonly string[]]>([
  ['plain', ['context s3://b/k']],
  ['quiet', ['context s3://b/k']],
  // Whoever reads the events need not read these.
  ['json', leftovers],
])('%s: what is left behind is told where the display did not', async (mode, targets) => {
  const { io, err } = createTestIo();
  await watchRun(endedRun(), mode, undefined, io);
  const told = err().match(/^left behind: .*$/gm);
  expect(told).toEqual(targets.map((target) => `left behind: ${target}`));
});

test.each<[string, boolean, string]>([
  ['builds of its own', false, 'the builds are cancelled'],
  ['builds of others', true, 'which go on'],
])('a reader that goes away is told on standard error: %s', async (_whose, isFollowed, words) => {
  const { io, err } = createTestIo();
  io.stdout.write = (_text: unknown, done?: unknown) => {
    setImmediate(() => {
      io.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      if (typeof done === 'function') done();
    });
    return false;
  };
  const cancelled: string[] = [];
  const run: KanikitRun = { ...endedRun(), cancel: ({ reason = '' } = {}) => void cancelled.push(reason) };
  const followed = isFollowed ? { cancelBuild: () => undefined } : undefined;
  await watchRun(run, 'plain', undefined, io, followed);
  expect(err()).toContain('warning: Nobody reads standard output any longer');
  expect(err()).toContain(words);
  expect(err().match(/warning/g)).toHaveLength(1);
  expect(cancelled).toEqual(['interrupted']);
});
