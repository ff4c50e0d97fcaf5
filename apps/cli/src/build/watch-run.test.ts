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
