import { type BuildRequest, type KanikitEvent, KanikitError, type PodLaunch } from '@kanikit/spec';
import { expect, test } from 'vitest';
import type { Environment } from '../model/environment.ts';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import {
  createScriptedEnvironment,
  createScriptedSource,
  createScriptedStore,
} from '../testing/scripted-context.ts';
import { createAdmission } from '../queue/admission.ts';
import { goodLog, request } from './play-run.test.helper.ts';
import { startRun } from './start-run.ts';

const full = new KanikitError({ code: 'quota-exceeded', message: 'It is full.', retryable: true });
const lost: PodScript = { result: { cause: 'node-lost', exitCode: undefined } };

interface Stage {
  readonly name: string;
  /** What the pod of the build does that is cancelled; the others are good. */
  readonly script?: PodScript;
  readonly overrides?: (
    cluster: ReturnType<typeof createScriptedCluster>,
  ) => Omit<Partial<Environment>, 'store'> & { readonly store?: ReturnType<typeof createScriptedStore> };
  /** The event at which it is cancelled. */
  readonly at: (event: KanikitEvent) => boolean;
}

const stages: readonly Stage[] = [
  {
    name: 'in the line',
    overrides: (cluster) => ({ admission: createAdmission({ concurrency: 1 }, cluster) }),
    at: ({ type }) => type === 'build-wait',
  },
  {
    name: 'while its context is packed for its input',
    overrides: () => ({
      sources: [createScriptedSource({ gate: new Promise(() => undefined), gated: './slow' })],
    }),
    at: ({ type }) => type === 'pod-create',
  },
  {
    name: 'while its context is uploaded',
    overrides: () => ({
      sources: [createScriptedSource({ gate: new Promise(() => undefined), gated: './slow' })],
      store: createScriptedStore(),
    }),
    at: (event) => event.type === 'build-phase' && event.phase === 'context',
  },
  {
    name: 'while it waits for quota',
    script: { launchError: full },
    overrides: () => ({ store: createScriptedStore() }),
    at: (event) => event.type === 'build-wait' && event.reason === 'quota',
  },
  {
    name: 'between two attempts',
    script: lost,
    overrides: () => ({ store: createScriptedStore(), retryDelayMs: 3_600_000 }),
    at: ({ type }) => type === 'build-retry',
  },
  {
    name: 'while its pod waits',
    script: { before: [{ type: 'pending', reason: 'Unschedulable', message: 'no node' }], isEndless: true },
    at: ({ type }) => type === 'build-wait',
  },
  { name: 'while it runs', script: { isEndless: true }, at: ({ type }) => type === 'pod-start' },
];

test.each(stages)(
  'one of many is cancelled $name: nothing of it is left, the others end well',
  async (stage) => {
    const isSlow = (launch: PodLaunch): boolean => launch.name.includes('slow');
    const cluster = createScriptedCluster((launch) =>
      isSlow(launch) ? (stage.script ?? { isEndless: true }) : { log: goodLog },
    );
    const overrides = stage.overrides?.(cluster);
    const environment = createScriptedEnvironment(cluster, overrides);
    const requests: readonly BuildRequest[] = [
      { ...request, name: 'first' },
      { ...request, name: 'slow', context: './slow' },
      { ...request, name: 'last', context: './other' },
    ];
    const cancelled: string[] = [];
    const run = startRun(requests, environment, {
      onEvent: (event) => {
        if (event.build?.startsWith('slow') !== true || cancelled.length > 0 || !stage.at(event)) return;
        cancelled.push(event.type);
        run.cancel({ build: event.build, reason: 'not this one' });
      },
    });
    const result = await run.result;
    expect(cancelled).toHaveLength(1);
    expect(result.builds.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['succeeded', undefined],
      ['cancelled', 'not this one'],
      ['succeeded', undefined],
    ]);
    expect(cluster.pods.size).toBe(0);
    expect([...(overrides?.store?.objects ?? [])]).toEqual([]);
    expect(run.created()).toEqual([]);
    expect(result.leftovers).toEqual([]);
  },
);
