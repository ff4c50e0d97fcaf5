import { isKanikitError } from '@kanikit/spec';
import { createSeededRandom } from '@kanikit/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { createPodMonitor } from '../../pods/observe/pod-monitor.ts';
import { defaultWaitingLimits } from '../../pods/observe/describe-waiting.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import {
  endedStatus,
  runningStatus,
  sampleLaunch,
  sampleRun,
  waitingStatus,
} from '../../testing/launches.ts';
import { checkNodes } from '../../doctor/check-nodes.ts';
import { checkNamespace } from '../../doctor/check-namespace.ts';
import type { PodObject } from '../watch/pod-object.ts';
import { createApiClient } from './api-client.ts';
import { checkAnswer, isWatchEvent } from './check-answer.ts';

let server: FakeApiServer;
let cluster: ReturnType<typeof createCluster>;
beforeEach(async () => {
  server = await startFakeApiServer();
  cluster = createCluster(server.connection);
});
afterEach(async () => {
  server.onRequest = () => undefined;
  await cluster.close();
  await server[Symbol.asyncDispose]();
});

const finding = async (): Promise<unknown> =>
  cluster.builds!.find({}, sampleRun(AbortSignal.timeout(20_000))).catch((error: unknown) => error);

const listOf = (items: unknown, more: object = {}): object => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '1' },
  items,
  ...more,
});

test.each<readonly [string, unknown]>([
  ['items that are no list', listOf({})],
  ['items that are text', listOf('x')],
  ['items that are nothing', listOf([null])],
  ['items without metadata', listOf([{}])],
  ['items whose metadata is a list', listOf([{ metadata: [] }])],
  ['items without a name', listOf([{ metadata: { name: 5 } }])],
  ['no object', []],
  ['text', 'x'],
  ['null', null],
  ['a number', 5],
])('a list that is none: %s', async (_name, body) => {
  server.onRequest = () => ({ kind: 'answer', code: 200, body: body as object });
  expect(await finding()).toMatchObject({ code: 'cluster-request-failed' });
});

test('a list of null, or without items, is empty', async () => {
  for (const body of [listOf(null), { kind: 'PodList', metadata: { resourceVersion: '1' }, items: null }]) {
    server.onRequest = ({ path }) =>
      path.endsWith('/pods') ? { kind: 'answer', code: 200, body: body as object } : undefined;
    expect(await finding()).toMatchObject({ builds: [] });
  }
});

test.each<readonly [string, (page: number) => string]>([
  ['repeats a page', () => 'again'],
  ['goes on for ever', (page) => `page-${page}`],
])('a list that %s has an end all the same', async (_name, continuation) => {
  server.onRequest = () => {
    const metadata = { continue: continuation(server.requests.length) };
    return { kind: 'answer', code: 200, body: listOf([], { metadata }) };
  };
  expect(await finding()).toMatchObject({
    code: 'cluster-request-failed',
    message: expect.stringContaining('the list has no end'),
  });
  expect(server.requests.length).toBeLessThan(500);
});

describe('answers in which something is not what it should be', () => {
  const values: readonly unknown[] = [null, {}, [], [null], [{}], 0, -1, '', 'x', true, { name: 5 }, [[]]];

  /** A copy with one value replaced or taken away, anywhere. */
  function mutated(value: unknown, random: (below: number) => number): unknown {
    const copy = structuredClone(value);
    const places: (readonly [Record<string, unknown>, string])[] = [];
    const look = (inner: unknown): void => {
      if (typeof inner !== 'object' || inner === null) return;
      for (const key of Object.keys(inner)) {
        places.push([inner as Record<string, unknown>, key]);
        look((inner as Record<string, unknown>)[key]);
      }
    };
    look(copy);
    const [holder, key] = places[random(places.length)]!;
    const at = random(values.length + 1);
    if (at === values.length) delete holder[key];
    else holder[key] = structuredClone(values[at]);
    return copy;
  }

  async function samples(): Promise<readonly unknown[]> {
    for (const [name, state] of [
      ['one', runningStatus],
      ['two', endedStatus(1)],
      ['three', waitingStatus('ImagePullBackOff', 'Back-off pulling image')],
    ] as const) {
      await cluster.launch(sampleLaunch({ name, buildId: name }), sampleRun());
      const conditions = [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
      ];
      server.setStatus(name, { ...state, conditions }, { spec: { nodeName: 'node-1' } });
    }
    return server.store.names('pods').map((name) => server.store.object('pods', name));
  }

  test('lead to a result or to an error that says so, never to a defect', async () => {
    const random = createSeededRandom(6).below;
    const pods = await samples();
    for (let round = 0; round < 400; round += 1) {
      const body = mutated(listOf(pods, { metadata: { resourceVersion: '9' } }), random) as object;
      server.onRequest = ({ method, path }) =>
        method === 'GET' && path.endsWith('/pods') ? { kind: 'answer', code: 200, body } : undefined;
      const run = sampleRun(AbortSignal.timeout(20_000));
      for (const ask of [
        async () => {
          const { builds } = await cluster.builds!.find({}, run);
          for (const build of builds) await cluster.builds!.inspect(build, run);
        },
        () => cluster.builds!.findRemnants({}, { ...run, now: () => Date.now() + 1e9 }),
      ]) {
        const failure: unknown = await ask().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined && !isKanikitError(failure))
          expect.fail(`${String((failure as Error).stack)}\n${JSON.stringify(body)}`);
      }
    }
  });

  test('a watch reads what is left of them', async () => {
    const random = createSeededRandom(7).below;
    const pods = await samples();
    for (let round = 0; round < 3_000; round += 1) {
      const event = mutated({ type: 'MODIFIED', object: pods[round % pods.length] }, random);
      if (!isWatchEvent(event)) continue;
      const monitor = createPodMonitor({
        signal: new AbortController().signal,
        deadlineSeconds: 60,
        isHeld: false,
        limits: defaultWaitingLimits,
        stopMs: 1_000,
        onStarted: () => {},
        onPreempted: () => {},
        onSettled: () => {},
      });
      const { object } = event as { readonly object: PodObject };
      expect(() => monitor.listener.changed(object), JSON.stringify(event)).not.toThrow();
      monitor.settleRemoved();
    }
  });
});

test.each([{}, { metadata: null }, { metadata: { name: 5 } }, { items: [] }])(
  'in the place of a pod, %j is a pod of which nothing is known',
  async (body) => {
    server.onRequest = ({ method, path }) => {
      if (method !== 'GET' || !path.includes('/pods')) return undefined;
      const labels = { 'kanikit.dev/run': 'r1', 'kanikit.dev/build': 'b1' };
      const pod = { metadata: { name: 'p1', namespace: 'default', uid: 'u1', labels } };
      return { kind: 'answer', code: 200, body: path.endsWith('/pods') ? listOf([pod]) : body };
    };
    const run = sampleRun(AbortSignal.timeout(20_000));
    const { builds } = await cluster.builds!.find({}, run);
    expect(await cluster.builds!.inspect(builds[0]!, run)).toEqual({ conditions: [], events: [] });
  },
);

test('in the place of a namespace and of nodes, an empty object is no defect', async () => {
  server.onRequest = ({ method, path }) =>
    method === 'GET' && /\/(?:namespaces\/default|nodes)$/.test(path)
      ? { kind: 'answer', code: 200, body: {} }
      : undefined;
  const run = sampleRun(AbortSignal.timeout(20_000));
  const client = createApiClient(server.connection);
  await expect(checkNamespace(client, 'default', run)).resolves.toMatchObject({
    check: 'namespace',
    status: 'ok',
  });
  const nodes = await checkNodes(client, { kind: 'Pod', spec: {} } as never, run);
  expect(nodes.message).not.toContain('groupBy');
  client.close();
});

test('a deep answer is no defect', () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
  expect(checkAnswer(deep)).toBeUndefined();
});
