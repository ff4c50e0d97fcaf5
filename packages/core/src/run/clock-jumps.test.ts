import { steadyNow } from '@kanikit/spec';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment, createScriptedStore } from '../testing/scripted-context.ts';
import { goodLog, request } from './play-run.test.helper.ts';
import { startRun } from './start-run.ts';

const hourMs = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

test.each([hourMs, -hourMs])('a machine whose clock is set by %i ms builds on, on time', async (jumpMs) => {
  let attempts = 0;
  const cluster = createScriptedCluster(() =>
    (attempts += 1) === 1
      ? { log: '', result: { cause: 'node-lost', exitCode: undefined } }
      : { log: goodLog, result: { exitCode: 0 } },
  );
  const store = createScriptedStore();
  const environment = createScriptedEnvironment(cluster, { store, now: Date.now, steadyNow });
  const times: number[] = [];
  const startedAt = Date.now();
  const run = startRun([{ ...request, timeoutMs: 600_000 }], environment, {
    onEvent: (event) => {
      times.push(Date.parse(event.time));
      // While its context is packed, while its pod runs, and before the next attempt.
      if (['context-pack', 'pod-create', 'build-retry'].includes(event.type)) {
        vi.setSystemTime(Date.now() + jumpMs);
      }
    },
  });
  const result = await run.result;
  expect(Math.abs(Date.now() - startedAt)).toBeGreaterThan(3 * hourMs - 60_000);
  expect(result.outcome).toBe('succeeded');
  expect(result.durationMs).toBeGreaterThanOrEqual(0);
  for (const { durationMs } of [result, ...result.builds, ...(result.builds[0]?.attempts ?? [])]) {
    expect(Math.abs(durationMs - 15_000)).toBeLessThanOrEqual(15_000);
  }
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(30_000);
  // The second pod has all of the time that is left, and the URL that was signed a moment ago.
  expect(cluster.launched.map(({ deadlineSeconds }) => deadlineSeconds)).toEqual([600, 600]);
  const urls = cluster.launched.map(({ secretEnv }) => secretEnv['KANIKIT_CONTEXT']?.split('=').at(-1));
  expect(urls).toEqual(['secret', 'secret']);
});
