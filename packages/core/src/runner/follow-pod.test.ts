import { type KanikitEvent, KanikitError } from '@kanikit/spec';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';
import { digest, goodLog, line, play, request } from './play-run.test.helper.ts';
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

test('a log that never ends holds up the verdict for ten seconds, and is told', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const cluster = createScriptedCluster(() => ({ log: goodLog, isLogEndless: true }));
  const events: KanikitEvent[] = [];
  const podEnded = Promise.withResolvers<void>();
  const run = startRun([request], createScriptedEnvironment(cluster), {
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'pod-end') podEnded.resolve();
    },
  });
  await podEnded.promise;
  await vi.advanceTimersByTimeAsync(9_900);
  expect(codesOf(events)).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  const result = await run.result;
  expect(result.builds[0]).toMatchObject({ outcome: 'succeeded', digest });
  expect(codesOf(events)).toEqual(['log-lost']);
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
