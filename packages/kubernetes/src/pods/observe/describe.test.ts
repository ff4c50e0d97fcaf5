import { describe, expect, test } from 'vitest';
import type { ObjectMetadata, PodObject, PodStatus, TerminatedState } from '../../api/watch/pod-object.ts';
import { describeEnd } from './describe-end.ts';
import { defaultWaitingLimits, describeWaiting, waitingLimit } from './describe-waiting.ts';

function pod(status: PodStatus, metadata: Partial<ObjectMetadata> = {}): PodObject {
  return { metadata: { name: 'a', ...metadata }, status };
}

function terminated(state: Partial<TerminatedState>): Pick<PodStatus, 'containerStatuses'> {
  return { containerStatuses: [{ name: 'kaniko', state: { terminated: { exitCode: 1, ...state } } }] };
}

function disrupted(reason: string): Pick<PodStatus, 'conditions'> {
  return { conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'words' }] };
}

const running = { containerStatuses: [{ name: 'kaniko', state: { running: {} } }] };
const finishedAt = '2026-11-23T05:00:00Z';

describe('describeEnd', () => {
  test.each<[string, PodObject, string | undefined]>([
    ['runs', pod({ phase: 'Running', ...running }), undefined],
    ['is pending', pod({ phase: 'Pending' }), undefined],
    ['ended well', pod({ phase: 'Running', ...terminated({ exitCode: 0 }) }), 'completed'],
    [
      'ended well and was evicted then',
      pod({ reason: 'Evicted', ...terminated({ exitCode: 0 }) }),
      'completed',
    ],
    ['failed', pod({ phase: 'Failed', ...terminated({ reason: 'Error' }) }), 'completed'],
    ['ran out of memory', pod({ ...terminated({ exitCode: 137, reason: 'OOMKilled' }) }), 'oom-killed'],
    [
      'could not start its program',
      pod({ ...terminated({ exitCode: 128, reason: 'StartError' }) }),
      'never-started',
    ],
    ['was evicted', pod({ phase: 'Failed', reason: 'Evicted', ...terminated({ exitCode: 137 }) }), 'evicted'],
    ['was evicted before it started', pod({ phase: 'Failed', reason: 'Evicted' }), 'evicted'],
    [
      'was evicted by the API',
      pod({ ...terminated({ exitCode: 2 }), ...disrupted('EvictionByEvictionAPI') }),
      'evicted',
    ],
    ['is being evicted', pod({ phase: 'Failed', reason: 'Evicted', ...running }), undefined],
    [
      'met its deadline',
      pod({ phase: 'Failed', reason: 'DeadlineExceeded', ...terminated({ exitCode: 2 }) }),
      'deadline-exceeded',
    ],
    [
      'was preempted',
      pod({ ...terminated({ exitCode: 2 }), ...disrupted('PreemptionByScheduler') }),
      'preempted',
    ],
    ['lost its node', pod({ phase: 'Failed', ...disrupted('DeletionByTaintManager') }), 'node-lost'],
    [
      'was lost with a node that came back',
      pod({ ...terminated({ exitCode: 137, reason: 'ContainerStatusUnknown' }) }),
      'node-lost',
    ],
    [
      'was refused by its node',
      pod({ phase: 'Failed', reason: 'OutOfcpu', message: 'no room' }),
      'never-started',
    ],
    [
      'was stopped by a deletion',
      pod(terminated({ exitCode: 2, finishedAt }), {
        deletionTimestamp: '2026-11-23T05:00:30Z',
        deletionGracePeriodSeconds: 30,
      }),
      'deleted',
    ],
    [
      'failed before it was deleted',
      pod(terminated({ exitCode: 2, finishedAt }), {
        deletionTimestamp: '2026-11-23T05:01:00Z',
        deletionGracePeriodSeconds: 30,
      }),
      'completed',
    ],
    [
      'has a sidecar that goes on',
      pod({
        phase: 'Running',
        containerStatuses: [
          { name: 'istio-proxy', state: { running: {} } },
          ...(terminated({ exitCode: 0 }).containerStatuses ?? []),
        ],
      }),
      'completed',
    ],
    [
      'has only a sidecar that ended',
      pod({
        phase: 'Running',
        containerStatuses: [
          { name: 'istio-proxy', state: { terminated: { exitCode: 1 } } },
          ...running.containerStatuses,
        ],
      }),
      undefined,
    ],
  ])('a pod that %s', (_title, state, cause) => {
    expect(describeEnd(state, false)?.cause).toBe(cause);
  });

  test('a pod that is gone was deleted, unless it had ended', () => {
    expect(describeEnd(pod(running), true)).toMatchObject({ cause: 'deleted', exitCode: undefined });
    expect(describeEnd(pod(terminated({ exitCode: 3 })), true)).toMatchObject({
      cause: 'completed',
      exitCode: 3,
    });
  });

  test("the cluster's words are kept", () => {
    const words = 'The node was low on resource: ephemeral-storage.';
    const state = pod({
      phase: 'Failed',
      reason: 'Evicted',
      message: words,
      ...terminated({ exitCode: 137, message: 'last words', finishedAt }),
    });
    expect(describeEnd(state, false)).toEqual({
      cause: 'evicted',
      exitCode: 137,
      reason: 'Evicted',
      message: words,
      terminationMessage: 'last words',
      startedAt: undefined,
      finishedAt: Date.parse(finishedAt),
    });
  });
});

describe('describeWaiting', () => {
  const scheduled = { type: 'PodScheduled', status: 'True' };
  const waiting = (reason: string, message?: string): PodStatus => ({
    conditions: [scheduled],
    containerStatuses: [
      { name: 'kaniko', state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } },
    ],
  });

  test.each<[string, PodStatus, string | undefined, number | undefined]>([
    ['nothing known', {}, undefined, undefined],
    [
      'no node',
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' },
        ],
      },
      'Unschedulable',
      undefined,
    ],
    [
      'gated',
      { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
      'SchedulingGated',
      undefined,
    ],
    ['being set up', waiting('ContainerCreating'), 'ContainerCreating', undefined],
    [
      'no such image',
      waiting('ErrImagePull', 'manifest unknown'),
      'ErrImagePull',
      defaultWaitingLimits.imageRefusedMs,
    ],
    [
      'no network',
      waiting('ImagePullBackOff', 'i/o timeout'),
      'ImagePullBackOff',
      defaultWaitingLimits.unlikelyMs,
    ],
    [
      'bad name',
      waiting('InvalidImageName', "couldn't parse image name"),
      'InvalidImageName',
      defaultWaitingLimits.hopelessMs,
    ],
    [
      'no secret',
      waiting('CreateContainerConfigError', 'secret "x" not found'),
      'CreateContainerConfigError',
      defaultWaitingLimits.configurationMs,
    ],
    ['runs', running, undefined, undefined],
    [
      'injected init container that crashes',
      {
        ...waiting('PodInitializing'),
        initContainerStatuses: [
          { name: 'istio-init', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } } },
        ],
      },
      'CrashLoopBackOff',
      undefined,
    ],
    [
      'injected init container that failed',
      {
        ...waiting('PodInitializing'),
        initContainerStatuses: [
          {
            name: 'setup',
            state: {
              terminated: {
                exitCode: 3,
                reason: 'Error',
                message:
                  'Error on reading termination message from logs: lstat /var/log/pods/a: no such file',
              },
            },
          },
        ],
      },
      'InitContainerFailed',
      defaultWaitingLimits.hopelessMs,
    ],
  ])('%s', (_title, state, reason, limit) => {
    const found = describeWaiting(pod(state));
    expect(found?.reason).toBe(reason);
    expect(found === undefined ? undefined : waitingLimit(found, defaultWaitingLimits)).toBe(limit);
  });

  test('a sidecar that ended is started again, which may help', () => {
    const state = { terminated: { exitCode: 3, message: 'no config' } };
    const found = describeWaiting({
      ...pod({ ...waiting('PodInitializing'), initContainerStatuses: [{ name: 'side', state }] }),
      spec: { initContainers: [{ name: 'side', restartPolicy: 'Always' }] },
    });
    expect(found).toEqual({
      reason: 'SidecarFailed',
      message: 'init container side ended with exit code 3: no config',
    });
    expect(waitingLimit(found!, defaultWaitingLimits)).toBeUndefined();
  });
});
