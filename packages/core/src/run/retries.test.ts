import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type KanikitEvent, KanikitError, type PodLaunch, type PodResult } from '@kanikit/spec';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import {
  createScriptedEnvironment,
  createScriptedSource,
  createScriptedStore,
} from '../testing/scripted-context.ts';
import { digest, goodLog, line, play, request } from './play-run.test.helper.ts';
import { startRun } from './start-run.ts';

const lost: PodScript = { log: line('RUN make'), result: { cause: 'node-lost', exitCode: undefined } };
const good: PodScript = { log: goodLog };

/** One script after another, for each launch. */
function inTurn(...scripts: readonly PodScript[]): (launch: PodLaunch) => PodScript {
  let count = 0;
  return () => scripts[count++] ?? good;
}

const retriesOf = (events: readonly KanikitEvent[]) => events.filter((event) => event.type === 'build-retry');

describe('infrastructure that fails', () => {
  test.each<PodResult['cause']>(['node-lost', 'evicted', 'preempted'])(
    'a pod that was %s is followed by a new one of its own name, and nothing is left',
    async (cause) => {
      const store = createScriptedStore();
      const script = inTurn({ result: { cause, exitCode: undefined, message: 'so it is' } });
      const { result, events, cluster } = await play(script, { store });
      expect(result.outcome).toBe('succeeded');
      const [first, second] = cluster.launched;
      expect(second?.name).toBe(`${first?.name}-2`);
      expect(second).toMatchObject({ buildId: first?.buildId, attempt: 2 });
      expect(first?.attempt).toBe(1);
      expect(retriesOf(events)).toMatchObject([{ attempt: 2, attempts: 3, message: /so it is/ }]);
      expect(result.builds[0]?.attempts).toMatchObject([
        { number: 1, failure: { isRetryable: true } },
        { number: 2, failure: undefined },
      ]);
      expect(events).toContainEqual(expect.objectContaining({ type: 'build-end', attempts: 2 }));
      expect(cluster.pods.size).toBe(0);
      expect(store.objects.size).toBe(0);
    },
  );

  test.each<[string, PodScript, boolean]>([
    [
      'a registry that is down',
      failing(
        'error pushing image: failed to push to destination registry.example/app:1: PATCH https://registry.example/v2/: unexpected status code 503 Service Unavailable',
      ),
      true,
    ],
    [
      'a registry that lets nobody in',
      failing(
        'error pushing image: failed to push to destination registry.example/app:1: PUT https://registry.example/v2/: UNAUTHORIZED: authentication required',
      ),
      false,
    ],
    [
      'a RUN',
      failing(
        'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1',
      ),
      false,
    ],
    ['memory', { result: { cause: 'oom-killed', exitCode: 137 } }, false],
    ['a kill without a word of memory', { log: line('RUN make'), result: { exitCode: 137 } }, true],
    ['someone who deletes the pod', { result: { cause: 'deleted', exitCode: undefined } }, false],
    [
      'a pod of which nobody saw the end',
      { result: { cause: 'deleted', exitCode: undefined, isRetryable: true } },
      true,
    ],
    ['time', { result: { cause: 'deadline-exceeded', exitCode: 137 } }, false],
    [
      'an image that is not there',
      { result: { cause: 'never-started', reason: 'ErrImagePull', exitCode: undefined } },
      false,
    ],
    [
      'an image whose registry is down',
      { result: { cause: 'never-started', reason: 'ErrImagePull', exitCode: undefined, isRetryable: true } },
      true,
    ],
    [
      'a cluster that can not be reached',
      { launchError: new KanikitError({ code: 'cluster-unreachable', message: 'no', retryable: true }) },
      true,
    ],
    [
      'a pod that is refused',
      { launchError: new KanikitError({ code: 'pod-refused', message: 'no' }) },
      false,
    ],
    [
      'a broken input',
      {
        stdinError: new KanikitError({ code: 'context-stream-broken', message: 'cut', retryable: true }),
        result: { cause: 'evicted', exitCode: undefined },
      },
      true,
    ],
  ])('%s: tried again %#', async (_what, script, isRetried) => {
    const { result, cluster } = await play(inTurn(script));
    expect(result.outcome).toBe(isRetried ? 'succeeded' : 'failed');
    expect(result.builds[0]?.attempts).toHaveLength(isRetried ? 2 : 1);
    expect(cluster.pods.size).toBe(0);
  });

  test.each([
    [{}, {}, 3],
    [{ retries: 0 }, {}, 1],
    [{ retries: 0 }, { retries: 1 }, 2],
  ])('has its number of tries: client %j, request %j', async (overrides, more, count) => {
    const { result, cluster } = await play(() => lost, overrides, [{ ...request, ...more }]);
    expect(cluster.launched).toHaveLength(count);
    expect(result.builds[0]).toMatchObject({ outcome: 'failed', failure: { code: 'node-lost' } });
    expect(result.builds[0]?.attempts).toHaveLength(count);
  });

  test('a pod of a fixed name keeps to the length of names', async () => {
    const name = 'n'.repeat(63);
    const { cluster } = await play(inTurn(lost), {}, [{ ...request, pod: { name } }]);
    expect(cluster.launched.map((launch) => launch.name)).toEqual([name, `${'n'.repeat(61)}-2`]);
  });

  test('what the failed attempt left and can not be removed ends the build', async () => {
    const script = { ...lost, removeError: new Error('server gone') };
    const { result, events, cluster } = await play(() => script);
    expect(cluster.launched).toHaveLength(1);
    expect(result.builds[0]?.failure?.code).toBe('node-lost');
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'not-retried',
        message: expect.stringContaining('could not be removed'),
      }),
    );
  });

  test('the timeout spans all attempts: the next pod gets what is left, and none starts with no time left', async () => {
    let ms = 1_700_000_000_000;
    const cluster = createScriptedCluster(() => lost);
    const environment = createScriptedEnvironment(cluster, { steadyNow: () => ms });
    const requests = [{ ...request, timeoutMs: 100_000 }];
    const notices: string[] = [];
    const run = startRun(requests, environment, {
      onEvent: (event) => {
        if (event.type === 'pod-end') ms += 40_000;
        if (event.type === 'notice') notices.push(event.message);
      },
    });
    await run.result;
    expect(cluster.launched.map((launch) => launch.deadlineSeconds)).toEqual([100, 60]);
    expect(notices).toEqual(['Not tried again: the time the build may take is nearly over.']);
  });
});

describe('the context of the next attempt', () => {
  test('lies in the bucket already; a URL that may have expired is made anew', async () => {
    let ms = 1_700_000_000_000;
    const store = createScriptedStore();
    const cluster = createScriptedCluster(inTurn(lost, lost));
    const environment = createScriptedEnvironment(cluster, { store, steadyNow: () => ms });
    let retries = 0;
    const run = startRun([request], environment, {
      onEvent: (event) => {
        if (event.type === 'build-retry' && (retries += 1) === 2) ms += 16 * 60_000;
      },
    });
    expect((await run.result).outcome).toBe('succeeded');
    expect(store.uploads).toHaveLength(1);
    const urls = cluster.launched.map((launch) => launch.secretEnv['KANIKIT_CONTEXT']?.split('=').at(-1));
    expect(urls).toEqual(['secret', 'secret', 'secret-1']);
    expect(store.objects.size).toBe(0);
  });

  test('goes to stdin once more, byte for byte', async () => {
    const { result, cluster } = await play(inTurn(lost));
    expect(result.outcome).toBe('succeeded');
    expect([...cluster.received.values()].map(String)).toEqual(['first second', 'first second']);
    const [first, second] = cluster.launched.map(({ args }) => args);
    expect(second).toEqual(first);
  });

  test('that is another one by now fails the build before its last piece is sent', async () => {
    const sources = [createScriptedSource({ digests: ['sha256:1', 'sha256:2'] })];
    const { result, cluster } = await play(inTurn(lost), { sources });
    expect(result.builds[0]?.failure).toMatchObject({ code: 'context-changed', isRetryable: false });
    expect([...cluster.received.values()].map(String)).toEqual(['first second', 'first ']);
    expect(cluster.pods.size).toBe(0);
  });

  test('that can be read only once is not delivered again, and the build says so', async () => {
    const sources = [createScriptedSource({ isReadOnce: true })];
    const { result, events, cluster } = await play(inTurn(lost), { sources });
    expect(cluster.launched).toHaveLength(1);
    expect(result.builds[0]?.failure?.code).toBe('node-lost');
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'not-retried', message: expect.stringContaining('standard input') }),
    );
    const stored = await play(inTurn(lost), { sources, store: createScriptedStore() });
    expect(stored.result.outcome).toBe('succeeded');
  });
});

test('each attempt has a log file of its own', async () => {
  const logFolder = await mkdtemp(join(tmpdir(), 'kanikit-logs-'));
  onTestFinished(() => rm(logFolder, { recursive: true }));
  const { result, events } = await play(inTurn(lost), { logFolder });
  const [build] = result.builds;
  const names = (await readdir(join(logFolder, result.run))).toSorted();
  expect(names).toEqual([`${build?.id}-2.log`, `${build?.id}.log`]);
  expect(build?.attempts.map(({ logFile }) => basename(logFile ?? ''))).toEqual(names.toReversed());
  expect(await readFile(build?.logFile ?? '', 'utf8')).toBe(goodLog);
  expect(await readFile(retriesOf(events)[0]?.logFile ?? '', 'utf8')).toBe(lost.log);
});

test('a build that is cancelled between attempts ends at once, and leaves nothing', async () => {
  const cluster = createScriptedCluster(() => lost);
  const environment = createScriptedEnvironment(cluster, {
    retryDelayMs: 3_600_000,
    store: createScriptedStore(),
  });
  const run = startRun([request], environment, {
    onEvent: (event) => {
      if (event.type === 'build-retry') run.cancel({ build: event.build, reason: 'no patience' });
    },
  });
  const result = await run.result;
  expect(result.builds[0]).toMatchObject({ outcome: 'cancelled', digest: undefined, reason: 'no patience' });
  expect(result.builds[0]?.attempts).toHaveLength(1);
  expect(run.created()).toEqual([]);
  expect(cluster.pods.size).toBe(0);
});

test('a lost attempt that had pushed everything is no lost attempt', async () => {
  const { result, events } = await play(inTurn({ ...lost, log: goodLog }));
  expect(result.builds[0]).toMatchObject({ outcome: 'succeeded', digest });
  expect(retriesOf(events)).toEqual([]);
});

function failing(last: string): PodScript {
  const running = line('RUN make') + line('Running: [/bin/sh -c make]');
  const before = last.startsWith('error pushing')
    ? goodLog
        .split(/(?<=\n)/)
        .slice(0, -1)
        .join('')
    : running;
  return { log: `${before}${last}\n`, result: { exitCode: 1 } };
}
