import type { KanikitEvent, PodLaunch, PodResult } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../model/environment.ts';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment, createScriptedStore } from '../testing/scripted-context.ts';
import { goodLog, line, play, request } from './play-run.test.helper.ts';
import type { RunResult } from '../model/result.ts';
import { startRun } from './start-run.ts';

async function detach(
  script: (launch: PodLaunch) => PodScript,
  overrides: Partial<Environment> = {},
): Promise<{ result: RunResult; events: KanikitEvent[]; cluster: ReturnType<typeof createScriptedCluster> }> {
  const cluster = createScriptedCluster(script);
  const events: KanikitEvent[] = [];
  const run = startRun([request], createScriptedEnvironment(cluster, overrides), {
    isDetached: true,
    onEvent: (event) => void events.push(event),
  });
  return { result: await run.result, events, cluster };
}

const endless: PodScript = { log: goodLog, isEndless: true };

describe('a detached build', () => {
  test('through the bucket: pod and context stay, and the pod says whose it is', async () => {
    const store = createScriptedStore();
    const { result, events, cluster } = await detach(() => endless, { store });
    const [launch] = cluster.launched;
    expect(result).toMatchObject({ outcome: 'detached', leftovers: [] });
    expect(result.builds[0]).toMatchObject({
      outcome: 'detached',
      detached: { namespace: 'builds', pod: launch?.name },
    });
    expect([...cluster.pods]).toEqual([launch?.name]);
    expect([...cluster.left]).toEqual([launch?.name]);
    expect(store.objects.size).toBe(1);
    expect(launch).toMatchObject({
      isDetached: true,
      keepEndedSeconds: 86_400,
      about: { name: 'app', destinations: request.destinations, context: './app' },
    });
    expect(launch?.about?.outline?.[0]?.steps.map(({ instruction }) => instruction)).toContain('RUN make');
    expect(events.at(-1)).toMatchObject({ type: 'run-end', outcome: 'detached', detached: 1 });
    expect(events.filter(({ type }) => type === 'cleanup')).toEqual([]);
  });

  test('over stdin: let go of when the executor has read all of it', async () => {
    const { result, cluster } = await detach(() => endless);
    const [launch] = cluster.launched;
    expect(result.outcome).toBe('detached');
    expect(cluster.received.get(launch?.name ?? '')?.length).toBeGreaterThan(0);
    expect([...cluster.left]).toEqual([launch?.name]);
  });

  test('that can not start fails as any other, and is cleaned up', async () => {
    const result: Partial<PodResult> = {
      cause: 'never-started',
      exitCode: undefined,
      reason: 'ErrImagePull',
    };
    const told = await detach(() => ({ result }));
    expect(told.result).toMatchObject({ outcome: 'failed', leftovers: [] });
    expect(told.result.builds[0]?.failure?.code).toBe('pod-not-started');
    expect(told.cluster.pods.size).toBe(0);
  });

  test('is cancelled and cleaned up as long as it has not got its context', async () => {
    const cluster = createScriptedCluster(() => ({ isEndless: true }));
    const run = startRun([request], createScriptedEnvironment(cluster), {
      isDetached: true,
      onEvent: () => undefined,
    });
    await cluster.launchedCount(1);
    run.cancel();
    expect((await run.result).outcome).toBe('cancelled');
    expect(cluster.pods.size).toBe(0);
  });
});

const failing: PodScript = { log: line('RUN make'), result: { exitCode: 1, finishedAt: 1_000 } };
const kept = [{ ...request, pod: { keepFailedMs: 60_000 } }];

describe('a failed build that is to be kept', () => {
  test('keeps its pod without its secrets, and its context goes', async () => {
    const store = createScriptedStore();
    const { result, events, cluster } = await play(() => failing, { store }, kept);
    const [launch] = cluster.launched;
    expect(result.builds[0]).toMatchObject({
      outcome: 'failed',
      kept: { namespace: 'builds', pod: launch?.name, untilMs: 61_000 },
    });
    expect(launch?.keepFailedSeconds).toBe(60);
    expect([...cluster.pods]).toEqual([...cluster.kept]);
    expect(store.objects.size).toBe(0);
    expect(result.leftovers).toEqual([]);
    expect(events.filter(({ type }) => type === 'cleanup')).toContainEqual(
      expect.objectContaining({ target: `secrets of pod builds/${launch?.name}`, outcome: 'done' }),
    );
  });

  test.each<[string, PodScript]>([
    ['that succeeded', { log: goodLog }],
    ['whose pod is gone', { result: { cause: 'deleted', exitCode: undefined } }],
  ])('is nothing for one %s', async (_what, script) => {
    const { cluster } = await play(() => script, { retries: 0 }, kept);
    expect(cluster.pods.size + cluster.kept.size).toBe(0);
  });
});

test('a build that someone else cancelled is cancelled, with their name, and not tried again', async () => {
  const result: Partial<PodResult> = {
    cause: 'cancelled',
    exitCode: undefined,
    reason: 'Cancelled',
    message: 'cancelled by you@there',
  };
  const played = await play(() => ({ result }));
  expect(played.result).toMatchObject({ outcome: 'cancelled' });
  expect(played.result.builds[0]).toMatchObject({
    outcome: 'cancelled',
    reason: 'The build was cancelled by you@there.',
  });
  expect(played.cluster.launched).toHaveLength(1);
  expect(played.cluster.pods.size).toBe(0);
});
