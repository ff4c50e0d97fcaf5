import type { KubernetesObject } from '../node/pod-runtime.ts';

/** Where a scripted container is. */
export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | {
      readonly terminated: {
        readonly exitCode: number;
        readonly reason: string;
        readonly message?: string;
        readonly startedAt: string;
        readonly finishedAt: string;
        readonly containerID: string;
      };
    };

/** The status a kubelet reports for a pod whose one container is in this state. */
export function scriptedStatus(
  pod: KubernetesObject,
  state: ContainerState,
  startTime: string,
): Readonly<Record<string, unknown>> {
  const spec = pod['spec'] as { readonly containers: readonly { name: string; image: string }[] };
  const [container] = spec.containers;
  const isRunning = 'running' in state;
  const isDone = 'terminated' in state;
  const phase = isDone
    ? state.terminated.exitCode === 0
      ? 'Succeeded'
      : 'Failed'
    : isRunning
      ? 'Running'
      : 'Pending';
  const condition = (type: string, isTrue: boolean) => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: startTime,
    ...(isTrue || !isDone ? {} : { reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }),
  });
  return {
    phase,
    hostIP: '127.0.0.1',
    ...(isRunning || isDone ? { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] } : {}),
    startTime,
    conditions: [
      condition('PodReadyToStartContainers', isRunning),
      condition('Initialized', true),
      condition('Ready', isRunning),
      condition('ContainersReady', isRunning),
    ],
    containerStatuses: [
      {
        name: container?.name,
        image: container?.image,
        imageID: '',
        state,
        lastState: {},
        ready: isRunning,
        started: isRunning,
        restartCount: 0,
      },
    ],
  };
}
