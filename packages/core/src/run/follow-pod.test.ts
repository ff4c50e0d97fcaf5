import { type KanikitEvent, KanikitError } from '@kanikit/spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';
import { digest, goodLog, line, play, request } from './play-run.test.helper.ts';
import type { RunResult } from '../model/result.ts';
import { startRun } from './start-run.ts';

afterEach(() => void vi.useRealTimers());

const expired = new KanikitError({ code: 'cluster-denied', message: 'Watching pods: the token expired.' });
const codesOf = (events: readonly KanikitEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [event.code] : []));

describe('a pod that can no longer be watched', () => {
  test('has succeeded where its log says so', async () => {
    const { result, events, cluster } = await play(() => ({ log: goodLog, watchError: expired }));
    expect(result.builds[0]).toMatchObject({ outcome: 'succeeded', digest });
    expect(codesOf(events)).toEqual(['watch-lost', 'verdict-from-log']);
    expect(cluster.pods.size).toBe(0);
  });

  test('has failed as its log says', async () => {
    const log = `${line('RUN make')}error building image: error building stage: failed to execute command: waiting for process to exit: exit status 2\n`;
    const { result } = await play(() => ({ log, watchError: expired }));
    expect(result.builds[0]?.failure?.code).toBe('run-failed');
  });

  test.each([
    ['a cut log', { log: line('RUN make') }],
    ['a log that can not be read either', { logError: new Error('401') }],
  ])('with %s has failed for that reason', async (_what, script) => {
    const { result, cluster } = await play(() => ({ ...script, watchError: expired }));
    expect(result.builds[0]?.failure).toMatchObject({ code: 'cluster-denied', message: expired.message });
    expect(cluster.pods.size).toBe(0);
  });
});

async function playSlowly(script: PodScript): Promise<{
  readonly events: readonly KanikitEvent[];
  readonly result: Promise<RunResult>;
}> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const events: KanikitEvent[] = [];
  const podEnded = Promise.withResolvers<void>();
  const run = startRun([request], createScriptedEnvironment(createScriptedCluster(() => script)), {
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'pod-end') podEnded.resolve();
    },
  });
  await podEnded.promise;
  return { events, result: run.result };
}

describe('a log that arrives after the end of its pod', () => {
  test('and never ends holds up the verdict for 25 seconds of silence, and is told', async () => {
    const { events, result } = await playSlowly({ log: goodLog, isLogEndless: true });
    await vi.advanceTimersByTimeAsync(24_900);
    expect(codesOf(events)).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect((await result).builds[0]).toMatchObject({ outcome: 'succeeded', digest });
    expect(codesOf(events)).toEqual(['log-lost']);
  });

  test('and goes on arriving, however long that takes, is read to its last line', async () => {
    const { events, result } = await playSlowly({ log: goodLog, linePauseMs: 24_000 });
    await vi.advanceTimersByTimeAsync(24_000 * goodLog.split(/(?<=\n)/).length);
    expect((await result).builds[0]).toMatchObject({ outcome: 'succeeded', digest });
    expect(codesOf(events)).toEqual([]);
    expect(events.filter(({ type }) => type === 'push-end')).not.toEqual([]);
  });

  test('with pauses longer than that is not waited for', async () => {
    const { events, result } = await playSlowly({ log: goodLog, linePauseMs: 26_000 });
    await vi.advanceTimersByTimeAsync(26_000);
    await result;
    expect(codesOf(events)[0]).toBe('log-lost');
  });
});

describe('an input that breaks with an error', () => {
  const stdinError = new KanikitError({
    code: 'context-stream-broken',
    message: 'Sending the context: the connection broke.',
    retryable: true,
  });

  test('of a pod that ends at once is told by the pod, whose log is read to its last line however late', async () => {
    const { events, result } = await playSlowly({ log: goodLog, linePauseMs: 9_000, stdinError });
    await vi.advanceTimersByTimeAsync(9_000 * goodLog.split(/(?<=\n)/).length);
    expect((await result).builds[0]).toMatchObject({ outcome: 'succeeded', digest });
    expect(codesOf(events)).toEqual([]);
    expect(events.filter(({ type }) => type === 'push-end')).not.toEqual([]);
  });

  test('of a pod that goes on ends the build, which can be tried again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const scripted = createScriptedCluster(() => ({ isEndless: true, stdinError }));
    const environment = createScriptedEnvironment(scripted, { retries: 0 });
    const broken = Promise.withResolvers<void>();
    const run = startRun([request], environment, {
      onEvent: ({ type }) => void (type === 'pod-start' && broken.resolve()),
    });
    await broken.promise;
    await vi.advanceTimersByTimeAsync(5_000);
    const { builds } = await run.result;
    expect(builds[0]?.failure).toMatchObject({ code: 'context-stream-broken', isRetryable: true });
    expect(scripted.pods.size).toBe(0);
  });
});

test('a step under way when the pod is lost is not done', async () => {
  const log = goodLog
    .split(/(?<=\n)/)
    .slice(0, 5)
    .join('');
  const script = { log, result: { cause: 'node-lost', exitCode: undefined } } as const;
  const { events } = await play(() => script, { retries: 0 });
  expect(events.filter(({ type }) => type === 'step-end')).toMatchObject([{ step: 0, outcome: 'failed' }]);
});
