import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClusterBuilds,
  type ClusterPod,
  type FoundBuild,
  isKanikitError,
  type KanikitEvent,
  type PodResult,
} from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { digest, goodLog, line } from '../run/play-run.test.helper.ts';
import { attachRun } from './attach-run.ts';
import { selectBuilds } from './select-builds.ts';

const sample: FoundBuild = {
  runId: 'r1',
  buildId: 'app-1',
  namespace: 'ci',
  pod: 'kanikit-app-1',
  podUid: 'u1',
  job: undefined,
  about: {
    name: 'app',
    destinations: ['registry.example/app:1'],
    context: './app',
    platform: undefined,
    cacheRepository: undefined,
    executor: 'google@1.24.0',
    outline: [
      {
        index: 0,
        name: undefined,
        base: 'alpine',
        baseStage: undefined,
        isNeeded: true,
        steps: [
          { index: 0, keyword: 'RUN', instruction: 'RUN make', line: 2 },
          { index: 1, keyword: 'COPY', instruction: 'COPY . /app', line: 3 },
        ],
      },
    ],
    contextLocation: undefined,
  },
  image: 'kaniko:1',
  args: ['--dockerfile=.kanikit.x.Dockerfile'],
  node: 'n',
  phase: { state: 'running' },
  createdAt: 1_000,
  startedAt: 2_000,
  endedAt: undefined,
  deadlineAt: undefined,
  ownership: 'detached',
  owner: 'me@here',
  heardAt: 1_000,
  keepUntil: undefined,
  cancelled: undefined,
  secrets: [],
};

describe('names', () => {
  const ended: FoundBuild['phase'] = { state: 'ended', result: {} as PodResult };
  const builds: readonly FoundBuild[] = [
    { ...sample, buildId: 'app-0', pod: 'kanikit-app-0', phase: ended, runId: 'r0' },
    sample,
    { ...sample, buildId: 'web-1', pod: 'kanikit-web-1-x', job: 'kanikit-web-1', about: undefined },
    {
      ...sample,
      buildId: 'api-1',
      pod: 'kanikit-api-1',
      about: { ...sample.about!, name: 'api' },
      runId: 'r2',
    },
    {
      ...sample,
      buildId: 'api-2',
      pod: 'kanikit-api-2',
      about: { ...sample.about!, name: 'api' },
      runId: 'r2',
    },
  ];
  const idsOf = (...names: readonly string[]): readonly string[] =>
    selectBuilds(names, builds, 'namespace ci of c').map(({ buildId }) => buildId);

  test.each([
    ['app-1', ['app-1']],
    ['kanikit-app-1', ['app-1']],
    ['ci/kanikit-app-1', ['app-1']],
    ['kanikit-web-1', ['web-1']],
    ['r2', ['api-1', 'api-2']],
    ['r1', ['app-1', 'web-1']],
    // The one at work is meant, not the one before it.
    ['app', ['app-1']],
  ])('%s is %j', (name, ids) => {
    expect(idsOf(name)).toEqual(ids);
  });

  test('each build once, in the order of the names', () => {
    expect(idsOf('web-1', 'r1', 'app')).toEqual(['web-1', 'app-1']);
  });

  test('the last of several attempts is the build', () => {
    const attempts = [sample, { ...sample, pod: 'kanikit-app-1-2', podUid: 'u2' }];
    expect(selectBuilds(['app-1'], attempts, 'namespace ci of c')).toEqual([attempts[1]]);
  });

  test.each([
    ['api', 'build-ambiguous', ['api-1', 'api-2']],
    ['nobody', 'build-unknown', ['app-1', 'web-1', 'api-1']],
  ])('%s is an error that lists what there is', (name, code, listed) => {
    try {
      idsOf(name);
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      expect(error.code).toBe(code);
      for (const id of listed) expect(error.hint).toContain(id);
      return;
    }
    throw new Error('it was found');
  });
});

describe('attaching', () => {
  async function attach(
    script: PodScript,
    found: FoundBuild = sample,
    act: (run: ReturnType<typeof attachRun>) => void = () => undefined,
  ): Promise<{
    readonly result: Awaited<ReturnType<typeof attachRun>['result']>;
    readonly events: readonly KanikitEvent[];
    readonly cluster: ReturnType<typeof createScriptedCluster>;
  }> {
    const cluster = createScriptedCluster(() => script);
    const run = { signal: new AbortController().signal, now: () => 5_000 };
    const pod: ClusterPod = await cluster.launch({ name: found.pod } as never, run);
    const builds = { adopt: () => pod } as unknown as ClusterBuilds;
    const events: KanikitEvent[] = [];
    const attached = attachRun(
      [found],
      {
        cluster: cluster.description,
        builds,
        logFolder: undefined,
        isSimulated: false,
        now: run.now,
        steadyNow: run.now,
      },
      { onEvent: (event) => void events.push(event) },
    );
    act(attached);
    return { result: await attached.result, events, cluster };
  }

  test('tells the same story and comes to the same verdict; the pod stays', async () => {
    const { result, events, cluster } = await attach({ log: goodLog });
    expect(result).toMatchObject({ run: 'r1', outcome: 'succeeded' });
    expect(result.builds[0]).toMatchObject({
      id: 'app-1',
      name: 'app',
      digest,
      images: [{ reference: 'registry.example/app:1', digest }],
    });
    const types = new Set(events.map(({ type }) => type));
    for (const type of [
      'run-start',
      'outline',
      'pod-create',
      'step-start',
      'push-end',
      'build-end',
      'run-end',
    ])
      expect([...types]).toContain(type);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(types).not.toContain('cleanup');
    expect([...cluster.pods]).toEqual([sample.pod]);
  });

  test('a failing RUN fails it', async () => {
    const log = line('RUN make') + line('Running: [/bin/sh -c make]') + 'make: no rule\n';
    const { result } = await attach({ log, result: { exitCode: 2 } });
    expect(result).toMatchObject({ outcome: 'failed', builds: [{ exitCode: 2, outcome: 'failed' }] });
  });

  test('letting go leaves the build as it is', async () => {
    const { result, cluster } = await attach({ log: goodLog, isEndless: true }, sample, (run) => {
      void delay(20).then(() => run.cancel());
    });
    expect(result).toMatchObject({ outcome: 'detached', builds: [{ outcome: 'detached' }] });
    expect([...cluster.pods]).toEqual([sample.pod]);
    expect([...cluster.left]).toEqual([sample.pod]);
  });

  test('a signed URL in the log of someone else is told without what grants access', async () => {
    const log = line('error fetching https://b.example/c?X-Amz-Signature=deadbeef: 403');
    const { events } = await attach({ log, result: { exitCode: 1 } });
    expect(JSON.stringify(events)).toContain('X-Amz-Signature=***');
    expect(JSON.stringify(events)).not.toContain('deadbeef');
  });
});
