import { expect, test } from 'vitest';
import { createScriptedRuntime } from '../scripted/scripted-runtime.ts';
import { podManifest, runForever, startTestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const expressions = (key: string, operator: string, values?: readonly string[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});
const podTerm = (matchLabels: object) => ({
  topologyKey: 'kubernetes.io/hostname',
  labelSelector: { matchLabels },
});
const isRunning = ({ status }: { status: { phase: string } }) => status.phase === 'Running';

test('binds, runs and ends a pod, with events', async () => {
  await using api = await startTestApi();
  await api.call('POST', pods, podManifest('a'));
  const pod = await api.podUntil('a', ({ status }) => status.phase === 'Succeeded');
  expect(pod.spec.nodeName).toBe('kanikit-sandbox');
  expect(pod.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'PodScheduled', status: 'True' }),
  );
  expect(pod.status.containerStatuses[0]?.state.terminated).toMatchObject({
    exitCode: 0,
    reason: 'Completed',
  });
  const path = '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Da';
  expect((await api.call('GET', path)).body.items[0]).toMatchObject({
    reason: 'Scheduled',
    message: 'Successfully assigned default/a to kanikit-sandbox',
    source: { component: 'default-scheduler' },
  });
});

test.each([
  [{ nodeSelector: { disk: 'ssd' } }, "1 node(s) didn't match Pod's node affinity/selector."],
  [
    { containers: [{ name: 'c', image: 'x', resources: { requests: { memory: '900Ti', cpu: '1k' } } }] },
    '1 Insufficient cpu, 1 Insufficient memory.',
  ],
  [
    {
      affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [expressions('disk', 'In', ['ssd'])] } } },
    },
    "1 node(s) didn't match Pod's node affinity/selector.",
  ],
  [
    { affinity: { podAffinity: { [required]: [podTerm({ app: 'none' })] } } },
    "1 node(s) didn't match pod affinity rules.",
  ],
  [
    { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] },
    "1 node(s) didn't match pod topology spread constraints (missing required label).",
  ],
  [
    { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'cache' } }] },
    'persistentvolumeclaim "cache" not found. not found',
  ],
] as readonly (readonly [object, string])[])(
  'a pod that does not fit stays pending: %o',
  async (spec, why) => {
    await using api = await startTestApi();
    await api.call('POST', pods, podManifest('a', spec));
    const pod = await api.podUntil('a', ({ status }) => status.conditions !== undefined);
    expect(pod.status.phase).toBe('Pending');
    expect(pod.status.conditions[0]).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
    });
    expect(pod.status.conditions[0]?.message).toContain(`0/1 nodes are available: ${why}`);
    const { body } = await api.call('GET', '/api/v1/namespaces/default/events');
    expect(body.items[0]).toMatchObject({ type: 'Warning', reason: 'FailedScheduling' });
  },
);

test('rules that the node meets keep no pod waiting, others of a group do', async () => {
  await using api = await startTestApi({ script: runForever });
  const nodeSelectorTerms = [
    expressions('disk', 'Exists'),
    { ...expressions('kubernetes.io/os', 'NotIn', ['windows']), matchFields: [] },
  ];
  const spec = {
    affinity: {
      nodeAffinity: { [required]: { nodeSelectorTerms } },
      podAffinity: { [required]: [podTerm({ app: 'first' })] },
      podAntiAffinity: { [required]: [podTerm({ app: 'other' })] },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  };
  const labelled = (name: string, app: string, more: object) => ({
    ...podManifest(name, more),
    metadata: { name, labels: { app } },
  });
  await api.call('POST', pods, labelled('first', 'first', spec));
  await api.podUntil('first', isRunning);
  const apart = { affinity: { podAntiAffinity: { [required]: [podTerm({ app: 'first' })] } } };
  await api.call('POST', pods, labelled('second', 'second', apart));
  const second = await api.podUntil('second', ({ status }) => status.conditions !== undefined);
  expect(second.status.conditions[0]?.message).toContain("1 node(s) didn't match pod anti-affinity rules.");
});

test('a pod of another scheduler is left to it', async () => {
  await using api = await startTestApi();
  await api.call('POST', pods, podManifest('theirs', { schedulerName: 'volcano' }));
  await api.call('POST', pods, podManifest('ours'));
  await api.podUntil('ours', ({ status }) => status.phase === 'Succeeded');
  const { body } = await api.call('GET', `${pods}/theirs`);
  expect(body).toMatchObject({ status: { phase: 'Pending' } });
  expect(body.status).not.toHaveProperty('conditions');
});

test('a waiting pod is placed when there is room again', async () => {
  await using api = await startTestApi({ script: runForever });
  const { body: node } = await api.call('GET', '/api/v1/nodes/kanikit-sandbox');
  const requests = { cpu: node.status.allocatable.cpu };
  const spec = { containers: [{ name: 'c', image: 'x', resources: { requests } }] };
  await api.call('POST', pods, podManifest('a', spec));
  await api.podUntil('a', isRunning);
  await api.call('POST', pods, podManifest('b', spec));
  await api.podUntil('b', ({ status }) => status.conditions?.[0]?.reason === 'Unschedulable');
  await api.call('DELETE', `${pods}/a`);
  await api.podUntil('b', isRunning);
});

test('deletes with grace: marked, stopped, then gone', async () => {
  await using api = await startTestApi({ script: runForever });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', isRunning);
  const { body } = await api.call('DELETE', `${pods}/a`);
  expect(body.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
  const version = Number(body.metadata.resourceVersion) - 1;
  const events = await api.watchUntil(
    `${pods}?watch=1&resourceVersion=${version}`,
    ({ type }) => type === 'DELETED',
  );
  const last = events.at(-1)!.object;
  expect(last.status.containerStatuses[0]?.state.terminated.exitCode).toBe(143);
  expect((await api.call('GET', `${pods}/a`)).status).toBe(404);
});

test('forced deletion is at once', async () => {
  await using api = await startTestApi({ script: runForever });
  await api.call('POST', pods, podManifest('a'));
  await api.podUntil('a', isRunning);
  await api.call('DELETE', `${pods}/a?gracePeriodSeconds=0`);
  expect((await api.call('GET', `${pods}/a`)).status).toBe(404);
});

test('a finalizer keeps a pod that has ended', async () => {
  await using api = await startTestApi({ script: runForever });
  await api.call('POST', pods, podManifest('a', {}, { finalizers: ['example.com/hold'] }));
  await api.podUntil('a', isRunning);
  await api.call('DELETE', `${pods}/a`);
  await api.podUntil('a', ({ metadata }) => metadata.deletionGracePeriodSeconds === (0 as never));
  const type = { 'content-type': 'application/merge-patch+json' };
  await api.call('PATCH', `${pods}/a`, { metadata: { finalizers: null } }, type);
  expect((await api.call('GET', `${pods}/a`)).status).toBe(404);
});

test('a pod over its deadline fails as the kubelet says', async () => {
  await using api = await startTestApi({ script: runForever });
  await api.call('POST', pods, podManifest('a', { activeDeadlineSeconds: 1 }));
  const isOver = (pod: { status: { containerStatuses: readonly { state: object }[] } }) =>
    'terminated' in (pod.status.containerStatuses?.[0]?.state ?? {});
  const pod = await api.podUntil('a', isOver);
  expect(pod.status).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

test('what ended in an earlier life stays ended, what ran is lost', async () => {
  let isSecond = false;
  const runtime = createScriptedRuntime({
    script: async (container) => {
      container.run();
      return container.pod.metadata.name === 'done' ? { exitCode: 3 } : new Promise(() => undefined);
    },
  });
  // Dies without a word: as after `kill -9`, nothing reports the end of its pods.
  const mute = { ...runtime, close: () => Promise.resolve() };
  const first = await startTestApi({ runtime: mute });
  for (const name of ['done', 'running']) await first.call('POST', pods, podManifest(name));
  await first.podUntil('done', ({ status }) => status.phase === 'Failed');
  await first.podUntil('running', isRunning);
  await first.stop();
  await using second = await startTestApi({
    folder: first.folder,
    script: async () => {
      isSecond = true;
      return { exitCode: 0 };
    },
  });
  const lost = await second.podUntil('running', ({ status }) => status.phase === 'Failed');
  expect(lost.status.containerStatuses[0]?.state.terminated.exitCode).toBe(137);
  const { body: done } = await second.call('GET', `${pods}/done`);
  expect(done.status.containerStatuses[0]?.state.terminated.exitCode).toBe(3);
  expect(isSecond).toBe(false);
});
