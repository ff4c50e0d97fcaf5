import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PodObservation } from '@kanikit/spec';
import { endedStatus, runningStatus, waitingStatus } from '../../testing/launches.ts';
import type { PodObject, PodStatus } from '../../api/watch/pod-object.ts';
import { defaultWaitingLimits } from './describe-waiting.ts';
import { createPodMonitor, type PodMonitor } from './pod-monitor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(signal: AbortSignal = new AbortController().signal): PodMonitor {
  return createPodMonitor({
    signal,
    isHeld: false,
    deadlineSeconds: 600,
    limits: defaultWaitingLimits,
    stopMs: 30_000,
    onStarted: () => {},
    onSettled: () => {},
  });
}

const state = (status: PodStatus, more: Partial<PodObject['metadata']> = {}): PodObject => ({
  metadata: { name: 'a', ...more },
  spec: { nodeName: 'n1' },
  status,
});

async function all(monitor: PodMonitor): Promise<PodObservation[]> {
  const seen: PodObservation[] = [];
  for await (const observation of monitor.observations) seen.push(observation);
  return seen;
}

test('a pod that never starts is given up at its deadline, with the last reason', async () => {
  const monitor = start();
  const reason = 'Unschedulable';
  const message = '0/1 nodes are available: 1 Insufficient memory.';
  monitor.listener.changed({
    metadata: { name: 'a' },
    status: { conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] },
  });
  vi.advanceTimersByTime(599_000);
  expect(monitor.stage()).toBe('waiting');
  vi.advanceTimersByTime(1_000);
  const told = {
    reason,
    message: `no node fits: too little memory free (${message.replace(/\.$/, '')})`,
    hint: 'Wait for other pods to end, or ask for less memory (`pod.limits.memory`).',
  };
  expect(await all(monitor)).toEqual([
    { type: 'pending', ...told },
    expect.objectContaining({ type: 'ended', cause: 'never-started', ...told }),
  ]);
});

test('errors and pauses of an image pull share one limit, and a pull that works ends it', async () => {
  const monitor = start();
  for (let elapsed = 0; elapsed < 110; elapsed += 10) {
    monitor.listener.changed(
      state(waitingStatus(elapsed % 20 === 0 ? 'ErrImagePull' : 'ImagePullBackOff', 'i/o timeout')),
    );
    vi.advanceTimersByTime(10_000);
  }
  expect(monitor.stage()).toBe('waiting');
  monitor.listener.changed(state(runningStatus));
  vi.advanceTimersByTime(60_000);
  expect(monitor.stage()).toBe('running');
  monitor.listener.changed(state(endedStatus(0)));
  expect((await all(monitor)).at(-1)).toMatchObject({ type: 'ended', cause: 'completed' });
});

test('a mount that fails at first and then works is no reason to give up', () => {
  const monitor = start();
  monitor.listener.changed(state(waitingStatus('ContainerCreating')));
  monitor.reportWaiting({ reason: 'FailedMount', message: 'secret "build-1" not found' });
  vi.advanceTimersByTime(1_000);
  monitor.reportWaiting(undefined);
  vi.advanceTimersByTime(300_000);
  expect(monitor.stage()).toBe('waiting');
});

test.each([
  ['DeletionByTaintManager', 'node-lost'],
  ['PreemptionByScheduler', 'preempted'],
  [undefined, 'deleted'],
])('a pod whose node never confirms its deletion (%s) is %s', async (reason, cause) => {
  const monitor = start();
  monitor.listener.changed(state(runningStatus));
  const conditions = reason === undefined ? [] : [{ type: 'DisruptionTarget', status: 'True', reason }];
  const deletionTimestamp = '2026-11-23T06:00:00Z';
  monitor.listener.changed(
    state({ ...runningStatus, conditions }, { deletionTimestamp, deletionGracePeriodSeconds: 30 }),
  );
  vi.advanceTimersByTime(59_000);
  expect(monitor.stage()).toBe('running');
  vi.advanceTimersByTime(1_000);
  expect((await all(monitor)).at(-1)).toMatchObject({ type: 'ended', cause });
});

test('a deadline that the cluster does not keep is kept by the client', async () => {
  const monitor = start();
  monitor.listener.changed(state(runningStatus));
  vi.advanceTimersByTime(660_000);
  expect((await all(monitor)).at(-1)).toMatchObject({ type: 'ended', cause: 'deadline-exceeded' });
});

test.each([
  ['seen', undefined],
  ['missed', true],
])('a deletion that was %s may be tried again: %s', async (how, isRetryable) => {
  const monitor = start();
  monitor.listener.changed(state(runningStatus));
  monitor.listener.removed(how === 'seen' ? state(runningStatus) : undefined);
  const end = (await all(monitor)).at(-1);
  expect(end).toMatchObject({ type: 'ended', cause: 'deleted' });
  expect(end?.type === 'ended' && end.isRetryable).toBe(isRetryable);
});

test('a notice that a condition of the pod gives is told once', async () => {
  const monitor = start();
  const conditions = [
    {
      type: 'kanikit.dev/notice',
      status: 'True',
      reason: 'ExecutorSubstituted',
      message: 'Another one runs.',
    },
    { type: 'kanikit.dev/notice', status: 'False', reason: 'Other', message: 'Not so.' },
    { type: 'Ready', status: 'True', reason: 'Other', message: 'Ready.' },
  ];
  monitor.listener.changed(state({ ...waitingStatus('ContainerCreating'), conditions }));
  monitor.listener.changed(state({ ...runningStatus, conditions }));
  monitor.listener.changed(state({ ...endedStatus(0), conditions }));
  const notices = (await all(monitor)).filter(({ type }) => type === 'notice');
  expect(notices).toEqual([
    { type: 'notice', isWarning: true, reason: 'ExecutorSubstituted', message: 'Another one runs.' },
  ]);
});

test('nothing follows the end', async () => {
  const monitor = start();
  monitor.listener.changed(state(endedStatus(1)));
  monitor.listener.removed(undefined);
  monitor.notice({ type: 'notice', isWarning: true, reason: 'Late', message: '' });
  monitor.settleRemoved();
  expect((await all(monitor)).map(({ type }) => type)).toEqual(['scheduled', 'running', 'ended']);
});

test('an abort ends the observations with its reason', async () => {
  const abort = new AbortController();
  const monitor = start(abort.signal);
  const reading = all(monitor);
  abort.abort(new Error('stop'));
  await expect(reading).rejects.toThrow('stop');
});

test('what the kubelet only repeats is told once', async () => {
  const monitor = start();
  const words = 'failed to pull and unpack image "x": dial tcp 10.0.0.1:443: i/o timeout';
  for (let turn = 0; turn < 3; turn += 1) {
    monitor.listener.changed(state(waitingStatus('ErrImagePull', words)));
    monitor.listener.changed(
      state(waitingStatus('ImagePullBackOff', `Back-off pulling image "x": ErrImagePull: ${words}`)),
    );
    monitor.listener.changed(state(waitingStatus('ErrImagePull', words)));
  }
  monitor.listener.changed(state(endedStatus(1)));
  const pending = (await all(monitor)).filter(({ type }) => type === 'pending');
  expect(pending).toEqual([
    {
      type: 'pending',
      reason: 'ErrImagePull',
      message: `the node does not reach the registry (${words})`,
      hint: expect.stringContaining('firewall') as string,
    },
  ]);
});

test('a node that does not answer is told while the build runs, and that it is back', async () => {
  const monitor = start();
  const conditions = (ready: string, more: object = {}): PodStatus => ({
    ...runningStatus,
    conditions: [
      { type: 'Ready', status: ready, ...more },
      { type: 'ContainersReady', status: 'True' },
    ],
  });
  monitor.listener.changed(state(conditions('True')));
  monitor.listener.changed(state(conditions('False', { reason: 'ReadinessGatesNotReady' })));
  monitor.listener.changed(state(conditions('False')));
  monitor.listener.changed(state(conditions('False')));
  monitor.listener.changed(state(conditions('True')));
  monitor.listener.changed(state(endedStatus(0)));
  const notices = (await all(monitor)).filter(({ type }) => type === 'notice');
  expect(notices).toMatchObject([
    { isWarning: true, reason: 'NodeNotReady', message: 'its node does not answer (Node is not ready)' },
    { isWarning: false, reason: 'NodeReady', message: 'its node answers again' },
  ]);
});
