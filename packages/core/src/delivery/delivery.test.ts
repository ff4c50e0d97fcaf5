import {
  type BuildRequest,
  type DeliveryAbilities,
  type KanikitEvent,
  KanikitError,
  type PodLaunch,
} from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../model/environment.ts';
import { createAdmission } from '../queue/admission.ts';
import type { RunResult } from '../model/result.ts';
import { type Run, startRun } from '../run/start-run.ts';
import { createScriptedCluster, type PodScript, type ScriptedCluster } from '../testing/scripted-cluster.ts';
import {
  createScriptedEnvironment,
  createScriptedSource,
  createScriptedStore,
} from '../testing/scripted-context.ts';

const image = 'registry.example/app:1';
const log = `time="2026-01-01T00:00:00Z" level=info msg="Pushed registry.example/app@sha256:${'d'.repeat(64)}"\n`;

interface Played {
  readonly result: RunResult;
  readonly events: readonly KanikitEvent[];
  readonly cluster: ScriptedCluster;
}

async function play(
  requests: readonly BuildRequest[],
  overrides: Partial<Environment>,
  options: {
    readonly script?: (launch: PodLaunch) => PodScript;
    readonly cluster?: ScriptedCluster;
    readonly onStart?: (run: Run, events: readonly KanikitEvent[]) => void;
  } = {},
): Promise<Played> {
  const cluster = options.cluster ?? createScriptedCluster(options.script ?? (() => ({ log })));
  const events: KanikitEvent[] = [];
  const run = startRun(requests, createScriptedEnvironment(cluster, overrides), {
    onEvent: (event) => void events.push(event),
  });
  options.onStart?.(run, events);
  return { result: await run.result, events, cluster };
}

const request = (context: string, more: Partial<BuildRequest> = {}): BuildRequest => ({
  context,
  destinations: [image],
  ...more,
});

describe('builds of one run that share a context', () => {
  test('share one upload, each with its own Dockerfile, and it is gone after the last', async () => {
    const store = createScriptedStore();
    const { result, events, cluster } = await play(
      [request('./app', { name: 'a' }), request('./app', { name: 'b' }), request('./other', { name: 'c' })],
      { store, admission: createAdmission({ concurrency: 1 }, {}) },
    );
    expect(result.outcome).toBe('succeeded');
    expect(store.uploads.map(({ buildIds }) => buildIds.length)).toEqual([2, 1]);
    expect(store.objects.size).toBe(0);
    const dockerfiles = cluster.launched.map(({ args }) =>
      args.find((text) => text.startsWith('--dockerfile')),
    );
    expect(dockerfiles).toEqual([
      '--dockerfile=.kanikit.d1gest.0.Dockerfile',
      '--dockerfile=.kanikit.d1gest.1.Dockerfile',
      '--dockerfile=.kanikit.d1gest.0.Dockerfile',
    ]);
    const removed = events.filter(
      (event) => event.type === 'cleanup' && event.target.startsWith('context ') && event.outcome === 'done',
    );
    expect(removed).toHaveLength(2);
  });

  test('one of them cancelled takes nothing from the others', async () => {
    const gate = Promise.withResolvers<void>();
    const store = createScriptedStore();
    const { result } = await play(
      [request('./app', { name: 'a' }), request('./app', { name: 'b' })],
      { store, sources: [createScriptedSource({ gate: gate.promise })] },
      {
        onStart: (run) =>
          setTimeout(() => {
            run.cancel({ build: 'a-000002' });
            gate.resolve();
          }, 20),
      },
    );
    expect(result.builds.map(({ outcome }) => outcome)).toEqual(['cancelled', 'succeeded']);
    expect(store.objects.size).toBe(0);
  });

  test('all cancelled stops the upload, and nothing stays', async () => {
    const gate = Promise.withResolvers<void>();
    const store = createScriptedStore();
    const { result } = await play(
      [request('./app', { name: 'a' }), request('./app', { name: 'b' })],
      { store, sources: [createScriptedSource({ gate: gate.promise })] },
      {
        onStart: (run) =>
          setTimeout(() => {
            run.cancel();
            gate.resolve();
          }, 20),
      },
    );
    expect(result.outcome).toBe('cancelled');
    expect(store.objects.size).toBe(0);
    expect(result.leftovers).toEqual([]);
  });

  test('kept contexts are not removed', async () => {
    const store = createScriptedStore();
    const { events } = await play([request('./app')], { store, keepContextMs: 60_000 });
    expect(store.objects.size).toBe(1);
    expect(events.some((event) => event.type === 'cleanup' && event.target.startsWith('context'))).toBe(
      false,
    );
  });
});

describe('an upload that breaks', () => {
  const broken = (retryable: boolean): KanikitError =>
    new KanikitError({ code: 'bucket-upload-failed', message: 'the bucket broke off', retryable });

  test.each([
    ['once, goes on', true, 1, 'succeeded', 2],
    ['twice, fails the build', true, 2, 'failed', 2],
    ['for good, is not tried again', false, 1, 'failed', 1],
  ])('%s', async (_why, isRetryable, failingUploads, outcome, count) => {
    const store = createScriptedStore({ uploadError: broken(isRetryable), failingUploads });
    const { result } = await play([request('./app')], { store, retries: 0 });
    expect(result.outcome).toBe(outcome);
    expect(store.uploads).toHaveLength(count);
    if (outcome === 'failed') expect(result.builds[0]?.failure?.code).toBe('bucket-upload-failed');
    expect(store.objects.size).toBe(0);
  });
});

describe('a pod launched ahead of its context', () => {
  const abilities: DeliveryAbilities = {
    possible: ['signed-url'],
    reasons: {},
    signedUrl: { certificateAuthorities: 'PEM' },
  };
  const aheadCluster = (script: PodScript = { log }): ScriptedCluster =>
    createScriptedCluster(() => script, [], { canLaunchAhead: true });

  test('gets URL and Dockerfile by its secret once the upload is done', async () => {
    const gate = Promise.withResolvers<void>();
    const cluster = aheadCluster();
    const store = createScriptedStore({ abilities });
    const { result } = await play(
      [request('./app')],
      { store, launchAheadMs: 0, sources: [createScriptedSource({ gate: gate.promise })] },
      {
        cluster,
        onStart: () => void cluster.launchedCount(1).then(() => gate.resolve()),
      },
    );
    expect(result.outcome).toBe('succeeded');
    const [launch] = cluster.launched;
    expect(launch?.lateSecretEnv).toEqual(['KANIKIT_CONTEXT', 'KANIKIT_DOCKERFILE']);
    expect(launch?.args).toEqual(
      expect.arrayContaining(['--context=$(KANIKIT_CONTEXT)', '--dockerfile=$(KANIKIT_DOCKERFILE)']),
    );
    expect(launch?.secretFiles).toEqual([{ path: '/kaniko/ssl/kanikit/context-ca.pem', content: 'PEM' }]);
    expect([...cluster.provided.values()]).toEqual([
      {
        KANIKIT_CONTEXT: expect.stringContaining('signature=secret') as string,
        KANIKIT_DOCKERFILE: '.kanikit.d1gest.0.Dockerfile',
      },
    ]);
    expect(store.objects.size).toBe(0);
    expect(cluster.pods.size).toBe(0);
  });

  test('goes when the context can not be packed, and the build says why', async () => {
    const gate = Promise.withResolvers<void>();
    const cluster = aheadCluster();
    const packError = new KanikitError({ code: 'context-changed', message: 'a file changed' });
    const { result } = await play(
      [request('./app')],
      {
        store: createScriptedStore({ abilities }),
        launchAheadMs: 0,
        sources: [createScriptedSource({ gate: gate.promise, packError })],
      },
      { cluster, onStart: () => void cluster.launchedCount(1).then(() => gate.resolve()) },
    );
    expect(result.builds[0]?.failure?.code).toBe('context-changed');
    expect(cluster.pods.size).toBe(0);
  });

  test('that ends by itself stops the upload, which nobody waits for', async () => {
    const never = new Promise<void>(() => undefined);
    const cluster = aheadCluster({ isEarly: true, result: { cause: 'evicted', exitCode: undefined } });
    const store = createScriptedStore({ abilities });
    const { result } = await play(
      [request('./app')],
      { store, launchAheadMs: 0, sources: [createScriptedSource({ gate: never })] },
      { cluster },
    );
    expect(result.builds[0]?.failure?.code).toBe('pod-evicted');
    expect(store.objects.size).toBe(0);
    expect(cluster.pods.size).toBe(0);
  });

  test.each<[why: string, overrides: Partial<Environment>, cluster: () => ScriptedCluster]>([
    ['uploads are quick', {}, aheadCluster],
    ['the cluster does not let it', { launchAheadMs: 0 }, () => createScriptedCluster(() => ({ log }))],
    ['recorded builds are played', { launchAheadMs: 0, isSimulated: true }, aheadCluster],
  ])('is not done where %s', async (_why, overrides, createCluster) => {
    const cluster = createCluster();
    await play([request('./app')], { store: createScriptedStore({ abilities }), ...overrides }, { cluster });
    expect(cluster.launched[0]?.lateSecretEnv).toEqual([]);
  });
});

describe('how a context is delivered', () => {
  const none: DeliveryAbilities = { possible: [], reasons: { 'signed-url': 'no key to sign with' } };
  const keys: DeliveryAbilities = {
    possible: ['bucket-url'],
    reasons: { 'signed-url': 'no key to sign with' },
  };

  test.each<[abilities: DeliveryAbilities | undefined, wanted: BuildRequest['contextDelivery'], way: string]>(
    [
      [undefined, undefined, 'signed-url'],
      [keys, undefined, 'bucket-url'],
      [none, 'stdin', 'stdin'],
      [undefined, 'stdin', 'stdin'],
      [keys, 'bucket-url', 'bucket-url'],
    ],
  )('store %j, wanted %s: %s', async (abilities, wanted, way) => {
    const store = createScriptedStore(abilities === undefined ? {} : { abilities });
    const { result, cluster } = await play([request('./app', { contextDelivery: wanted })], { store });
    expect(result.outcome).toBe('succeeded');
    expect(cluster.launched[0]?.isStdinUsed).toBe(way === 'stdin');
    expect(store.uploads.map(({ delivery }) => delivery)).toEqual(way === 'stdin' ? [] : [way]);
  });

  test.each<[wanted: BuildRequest['contextDelivery'], overrides: Partial<Environment>, words: string]>([
    ['signed-url', { store: createScriptedStore({ abilities: keys }) }, 'no key to sign with'],
    [undefined, { store: createScriptedStore({ abilities: none }) }, 'no key to sign with'],
    ['signed-url', {}, 'there is no bucket'],
    [undefined, { defaultExecutor: { distribution: 'google', version: '0.19.0' } }, 'google 0.19.0'],
  ])(
    '%s that can not be had is refused before anything starts',
    async (contextDelivery, overrides, words) => {
      const { result, cluster } = await play([request('./app', { contextDelivery })], overrides);
      expect(result.problems).toEqual([expect.objectContaining({ code: 'delivery-unsupported' })]);
      expect(result.problems[0]?.message).toContain(words);
      expect(cluster.launched).toEqual([]);
    },
  );

  test('a Dockerfile that can not be put into the context is a file of the pod', async () => {
    const { cluster } = await play([request('./app')], {
      sources: [createScriptedSource({ isDockerfileApart: true })],
    });
    expect(cluster.launched[0]?.args).toContain('--dockerfile=/kaniko/kanikit/Dockerfile');
    expect(cluster.launched[0]?.secretFiles).toEqual([
      { path: '/kaniko/kanikit/Dockerfile', content: expect.stringContaining('RUN make') as string },
    ]);
  });
});

describe('what packing brings', () => {
  test('warnings are told', async () => {
    const warnings = [{ code: 'context-mostly-git', message: 'most of it is .git', hint: 'ignore it' }];
    const sources = [createScriptedSource({ warnings })];
    for (const overrides of [{ sources }, { sources, store: createScriptedStore() }]) {
      const { events } = await play([request('./app')], overrides);
      expect(events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'context-mostly-git' }));
    }
  });

  test('what opening made is removed once, also when the run is refused', async () => {
    let closed = 0;
    const sources = [createScriptedSource({ onClose: () => (closed += 1) })];
    await play([request('./app')], { sources });
    expect(closed).toBe(1);
    await play([request('./app'), request('./app', { destinations: [] })], { sources });
    expect(closed).toBe(3);
  });

  test('an archive that did not arrive is no missing Dockerfile', async () => {
    const lost =
      'Error: error resolving dockerfile path: please provide a valid path to a Dockerfile within the build context with --dockerfile\n';
    const { result } = await play(
      [request('./app')],
      { store: createScriptedStore() },
      { script: () => ({ log: lost, result: { exitCode: 1, reason: 'Error' } }) },
    );
    expect(result.builds[0]?.failure).toMatchObject({ code: 'context-incomplete', isRetryable: true });
  });
});
