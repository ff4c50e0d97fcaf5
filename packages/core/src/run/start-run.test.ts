import { type KanikitEvent, KanikitError } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { createScriptedCluster } from '../testing/scripted-cluster.ts';
import {
  createScriptedEnvironment,
  createScriptedSource,
  createScriptedStore,
} from '../testing/scripted-context.ts';
import { createAdmission } from '../queue/admission.ts';
import { digest, goodLog, line, play, request } from './play-run.test.helper.ts';
import { startRun } from './start-run.ts';

const typesOf = (events: readonly KanikitEvent[]) => new Set(events.map((event) => event.type));

describe('a build that succeeds', () => {
  test('through the bucket: uploaded, built, cleaned up', async () => {
    const store = createScriptedStore();
    const { result, events, cluster } = await play(() => ({ log: goodLog }), { store });
    expect(result.outcome).toBe('succeeded');
    expect(result.builds[0]).toMatchObject({
      digest,
      images: [{ reference: 'registry.example/app:1', digest }],
      exitCode: 0,
    });
    expect(cluster.pods.size).toBe(0);
    expect(store.objects.size).toBe(0);
    expect(result.leftovers).toEqual([]);
    for (const type of [
      'run-start',
      'outline',
      'context-pack',
      'context-upload',
      'pod-create',
      'step-start',
      'push-end',
      'cleanup',
      'build-end',
      'run-end',
    ] as const) {
      expect(typesOf(events)).toContain(type);
    }
    expect(events.map((event) => event.seq)).toEqual(events.map((_event, index) => index + 1));
  });

  test('a signed URL is in no argument and no event', async () => {
    const { events, cluster } = await play(() => ({ log: goodLog }), { store: createScriptedStore() });
    expect(JSON.stringify(events)).not.toContain('signature=secret');
    const [launch] = cluster.launched;
    expect(launch?.args.join(' ')).not.toContain('signature=secret');
    expect(launch?.args).toContain('--context=$(KANIKIT_CONTEXT)');
    expect(launch?.secretEnv['KANIKIT_CONTEXT']).toContain('signature=secret');
  });

  test('text of the user is no reference to a variable of the pod', async () => {
    const { cluster } = await play(() => ({ log: goodLog }), { store: createScriptedStore() }, [
      { ...request, buildArgs: { A: '$(KANIKIT_CONTEXT) $$ $HOME' } },
    ] as never);
    expect(cluster.launched[0]?.args).toContain('--build-arg=A=$$(KANIKIT_CONTEXT) $$$$ $$HOME');
  });

  test.each(['linux/arm64', 'linux/arm64/v8', 'arm64'])(
    'a build for %s asks for a node that can run it',
    async (platform) => {
      const { cluster } = await play(() => ({ log: goodLog }), {}, [{ ...request, platform }] as never);
      expect(cluster.launched[0]?.nodeSelector).toEqual({
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'arm64',
      });
    },
  );

  test('without a bucket the context goes to stdin', async () => {
    const { result, cluster } = await play(() => ({ log: goodLog }));
    expect(result.outcome).toBe('succeeded');
    expect(cluster.launched[0]?.isStdinUsed).toBe(true);
    expect(Buffer.from([...cluster.received.values()][0] ?? []).toString()).toBe('first second');
  });

  test('a lost log does not lose the build: the termination message has the digest', async () => {
    const { result, events } = await play(() => ({
      logError: new Error('cut'),
      result: { terminationMessage: digest },
    }));
    expect(result.builds[0]).toMatchObject({ outcome: 'succeeded', digest, images: [] });
    expect(events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'log-lost' }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'push-unconfirmed' }));
  });
});

describe('a build that fails', () => {
  test('in a RUN: the step, the exit code and the lines that matter', async () => {
    const log =
      [
        "Building stage 'alpine' [idx: '0', base-idx: '-1']",
        'Unpacking rootfs as cmd RUN make requires it.',
        'RUN make',
        'Running: [/bin/sh -c make]',
      ]
        .map(line)
        .join('') +
      'cc: no input files\nerror building image: error building stage: failed to execute command: waiting for process to exit: exit status 2\n';
    const { result, cluster } = await play(() => ({ log, result: { exitCode: 2, reason: 'Error' } }));
    expect(result.builds[0]?.failure).toMatchObject({
      step: { stage: 0, index: 0, instruction: 'RUN make' },
      isRetryable: false,
    });
    expect(result.builds[0]?.failure?.lines).toContain('cc: no input files');
    expect(result.builds[0]?.exitCode).toBe(2);
    expect(cluster.pods.size).toBe(0);
  });

  test.each([
    ['oom-killed', 'executor-out-of-memory', false],
    ['evicted', 'pod-evicted', true],
    ['deadline-exceeded', 'deadline-exceeded', false],
    ['node-lost', 'node-lost', true],
    ['deleted', 'pod-deleted', false],
    ['never-started', 'pod-not-started', false],
  ] as const)('because the pod was %s', async (cause, code, isRetryable) => {
    const { result } = await play(() => ({
      result: { cause, exitCode: 137, reason: 'Because', message: 'of reasons' },
    }));
    expect(result.builds[0]?.failure).toMatchObject({ code, isRetryable });
    expect(result.builds[0]?.failure?.message).toContain('of reasons');
  });

  test.each([
    [
      'packing',
      {
        sources: [
          createScriptedSource({
            packError: new KanikitError({ code: 'context-changed', message: 'a.txt changed' }),
          }),
        ],
      },
      'context-changed',
    ],
    [
      'packing for the bucket',
      {
        sources: [
          createScriptedSource({
            packError: new KanikitError({ code: 'context-changed', message: 'a.txt changed' }),
          }),
        ],
        store: createScriptedStore(),
      },
      'context-changed',
    ],
    [
      'uploading',
      {
        store: createScriptedStore({
          uploadError: new KanikitError({ code: 'bucket-upload-failed', message: 'no' }),
        }),
      },
      'bucket-upload-failed',
    ],
  ])('while %s: nothing is left', async (_what, overrides, code) => {
    const { result, cluster } = await play(() => ({ log: goodLog }), overrides);
    expect(result.builds[0]?.failure?.code).toBe(code);
    expect(cluster.pods.size).toBe(0);
    expect(result.leftovers).toEqual([]);
  });

  test('because the cluster refuses the pod: the uploaded context is removed', async () => {
    const store = createScriptedStore();
    const launchError = new KanikitError({ code: 'pod-refused', message: 'no', hint: 'ask' });
    const { result } = await play(() => ({ launchError }), { store });
    expect(result.builds[0]?.failure).toMatchObject({ code: 'pod-refused', hint: 'ask' });
    expect(store.objects.size).toBe(0);
  });

  test('what could not be removed is named', async () => {
    const { result, events } = await play(() => ({ log: goodLog, removeError: new Error('server gone') }));
    expect(result.outcome).toBe('succeeded');
    expect(result.leftovers).toEqual([expect.stringMatching(/^pod builds\/kanikit-app-/)]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'cleanup', outcome: 'failed', message: 'server gone' }),
    );
  });
});

describe('the preflight', () => {
  test('tells all problems at once and starts nothing', async () => {
    const cluster = createScriptedCluster(
      () => ({}),
      [{ code: 'cluster-denied', message: 'may not create pods', hint: 'ask' }],
    );
    const store = createScriptedStore({
      checkError: new KanikitError({ code: 'bucket-missing', message: 'no bucket' }),
    });
    const requests = [
      { context: './a', destinations: ['UPPER/@bad'] },
      { context: './b', destinations: [] },
      { context: './c', destinations: ['ok/c'] },
    ];
    const run = startRun(requests, createScriptedEnvironment(cluster, { store }), {
      onEvent: () => undefined,
    });
    const result = await run.result;
    expect(result.problems.map((problem) => problem.code).toSorted()).toEqual(
      ['bucket-missing', 'cluster-denied', 'destination-missing', 'image-reference-invalid'].toSorted(),
    );
    expect(cluster.launched).toEqual([]);
    expect(result.builds.every((build) => build.outcome === 'failed')).toBe(true);
  });

  test('an unknown flag is found before anything starts', async () => {
    const { result, cluster } = await play(() => ({}), {}, [
      { ...request, executorArgs: ['--no-such-flag=1'] },
    ]);
    expect(result.problems).toHaveLength(1);
    expect(cluster.launched).toEqual([]);
  });
});

describe('cancelling', () => {
  test('removes everything of all builds', async () => {
    const cluster = createScriptedCluster(() => ({ isEndless: true }));
    const store = createScriptedStore();
    const abort = new AbortController();
    const events: KanikitEvent[] = [];
    const run = startRun(
      [request, { ...request, context: './other' }],
      createScriptedEnvironment(cluster, { store }),
      {
        signal: abort.signal,
        onEvent: (event) => void events.push(event),
      },
    );
    await cluster.launchedCount(2);
    expect(run.created().length).toBeGreaterThanOrEqual(2);
    abort.abort();
    const result = await run.result;
    expect(result.outcome).toBe('cancelled');
    expect(result.builds.map((build) => build.outcome)).toEqual(['cancelled', 'cancelled']);
    expect(cluster.pods.size).toBe(0);
    expect(store.objects.size).toBe(0);
    expect(run.created()).toEqual([]);
    expect(typesOf(events)).toContain('run-cancel');
  });

  test('one of many leaves the others alone', async () => {
    const cluster = createScriptedCluster((launch) =>
      launch.name.includes('slow') ? { isEndless: true } : { log: goodLog },
    );
    const environment = createScriptedEnvironment(cluster);
    let slowId = '';
    const run = startRun([request, { ...request, context: './slow' }], environment, {
      onEvent: (event) => {
        if (event.type === 'run-start') slowId = event.builds[1]?.id ?? '';
        if (event.type === 'build-end' && event.build !== slowId) run.cancel({ build: slowId });
      },
    });
    const result = await run.result;
    expect(result.builds.map((build) => build.outcome)).toEqual(['succeeded', 'cancelled']);
    expect(cluster.pods.size).toBe(0);
  });

  test('before the start creates nothing', async () => {
    const cluster = createScriptedCluster(() => ({}));
    const run = startRun([request], createScriptedEnvironment(cluster), {
      signal: AbortSignal.abort(),
      onEvent: () => undefined,
    });
    expect((await run.result).outcome).toBe('cancelled');
    expect(cluster.launched).toEqual([]);
  });

  test('while waiting for a free place', async () => {
    const cluster = createScriptedCluster(() => ({ isEndless: true }));
    const abort = new AbortController();
    const waits: string[] = [];
    const run = startRun(
      [request, request],
      createScriptedEnvironment(cluster, { admission: createAdmission({ concurrency: 1 }, cluster) }),
      {
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type === 'build-wait' && event.reason !== undefined) waits.push(event.reason);
        },
      },
    );
    await cluster.launchedCount(1);
    abort.abort();
    await run.result;
    expect(waits).toContain('concurrency');
    expect(cluster.launched).toHaveLength(1);
    expect(cluster.pods.size).toBe(0);
  });
});
