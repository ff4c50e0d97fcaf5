import { initialRunState, reduceRun } from '@kanikit/core';
import { expect, test } from 'vitest';
import { plainLines, plainOutput } from '../../testing/plain-output.ts';
import { runEvents, type Told } from '../../testing/run-events.ts';
import { showEvents } from '../../testing/show-events.ts';
import { noColors } from '../../text/colors.ts';
import { summaryLines } from '../summary.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const image = { reference: 'r.example/app:1', digest };
const none = undefined;

test('Ctrl-C is answered once', async () => {
  const { display, lines } = plainOutput();
  display.interrupted(1);
  await showEvents(display, runEvents(['app'], [{ type: 'run-cancel', reason: 'interrupted' }]));
  expect(lines().filter((line) => /interrupted|stopping/.test(line))).toEqual([
    'interrupted: cancelling the builds and cleaning up (again: stop waiting)',
  ]);
});

test('the end of a build names attempts and who cancelled, in its lines and in the summary', async () => {
  const end = { digest: none, images: [], exitCode: none, failure: none, durationMs: 4_000, logFile: none };
  const retry = { type: 'build-retry', attempts: 3, message: 'gone', delayMs: 1_000, logFile: none } as const;
  const summaryOf = (told: readonly Told[]): string | undefined =>
    summaryLines(runEvents(['app'], told).reduce(reduceRun, initialRunState), noColors).at(-1);
  const retried: readonly Told[] = [
    { ...retry, attempt: 2, code: 'node-lost' },
    { ...retry, attempt: 3, code: 'pod-evicted' },
    { type: 'build-end', ...end, outcome: 'succeeded', digest, images: [image] },
  ];
  const attempts = 'succeeded on attempt 3 after node-lost, pod-evicted';
  expect(await plainLines(retried)).toContain(`[app] BUILT r.example/app:1@${digest} in 4.0s, ${attempts}`);
  expect(summaryOf(retried)).toBe(`ok     app  r.example/app:1@${digest}  4.0s, ${attempts}`);
  const cancelled: readonly Told[] = [
    { type: 'build-end', ...end, outcome: 'cancelled', reason: 'build web failed' },
  ];
  const detached: readonly Told[] = [
    { type: 'pod-create', namespace: 'ci', pod: 'kanikit-app-1', image: 'kaniko:1' },
    { type: 'build-end', ...end, outcome: 'detached' },
  ];
  expect(await plainLines(detached)).toContain('[app] DETACHED after 4.0s');
  expect(summaryOf(detached)).toBe('detach app  goes on in the cluster as app-1, pod ci/kanikit-app-1');
  expect(await plainLines(cancelled)).toContain('[app] CANCELLED after 4.0s: build web failed');
  expect(summaryOf(cancelled)).toBe('cancel app  4.0s: build web failed');
});
