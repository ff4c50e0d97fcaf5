import type { KubernetesObject } from './pod-runtime.ts';
import type { PodSpec } from './pod-spec.ts';

/** Where a container is, as Kubernetes says it. */
export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly running: { readonly startedAt: string } }
  | { readonly terminated: TerminatedState };

export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly containerID?: string;
}

/** What a status is made of. */
export interface StatusInput {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly state: ContainerState;
  readonly reason?: string;
  readonly message?: string;
  readonly imageId?: string;
  readonly containerId?: string;
  /** Told to whoever waits for the pod, from now on: clients show it as it is. */
  readonly notice?: { readonly reason: string; readonly message: string };
  /** Set when the kubelet itself ended the pod. */
  readonly disruption?: { readonly reason: string; readonly message: string };
}

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
  readonly lastProbeTime: null;
  readonly lastTransitionTime: string;
}

/** The node's address: pods share the machine's network, and the sandbox listens on loopback only. */
export const nodeAddress = '127.0.0.1';

/** Makes a pod's statuses one after the other; times of conditions change only when the conditions do. */
export function createStatusWriter(
  pod: KubernetesObject,
  now: () => Date,
): (input: StatusInput) => Readonly<Record<string, unknown>> {
  const previous = pod['status'] as {
    conditions?: readonly Condition[];
    qosClass?: string;
    startTime?: string;
  };
  let conditions = previous?.conditions ?? [];
  let notice: StatusInput['notice'];
  const startTime = previous?.startTime ?? formatSeconds(now());
  const container = (pod['spec'] as PodSpec).containers[0];
  return (input) => {
    notice = input.notice ?? notice;
    conditions = mergeConditions(
      conditions,
      wantedConditions({ ...input, ...(notice && { notice }) }, container?.name ?? ''),
      formatSeconds(now()),
    );
    const isRunning = 'running' in input.state;
    return {
      ...(previous?.qosClass !== undefined && { qosClass: previous.qosClass }),
      phase: input.phase,
      conditions,
      ...(input.reason !== undefined && { reason: input.reason }),
      ...(input.message !== undefined && { message: input.message }),
      hostIP: nodeAddress,
      hostIPs: [{ ip: nodeAddress }],
      ...(input.containerId !== undefined && { podIP: nodeAddress, podIPs: [{ ip: nodeAddress }] }),
      startTime,
      containerStatuses: [
        {
          name: container?.name ?? '',
          image: container?.image ?? '',
          imageID: input.imageId ?? '',
          ...(input.containerId !== undefined && { containerID: input.containerId }),
          state: input.state,
          lastState: {},
          ready: isRunning,
          started: isRunning,
          restartCount: 0,
        },
      ],
    };
  };
}

type WantedCondition = Omit<Condition, 'lastProbeTime' | 'lastTransitionTime'>;

function wantedConditions(input: StatusInput, name: string): readonly WantedCondition[] {
  const isRunning = 'running' in input.state;
  const done = { Succeeded: 'PodCompleted', Failed: 'PodFailed' } as const;
  const reason = input.phase === 'Succeeded' || input.phase === 'Failed' ? done[input.phase] : undefined;
  const unready: Pick<Condition, 'status' | 'reason' | 'message'> = isRunning
    ? { status: 'True' }
    : reason !== undefined
      ? { status: 'False', reason }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${name}]`,
        };
  return [
    ...(input.notice ? [{ type: 'kanikit.dev/notice', status: 'True' as const, ...input.notice }] : []),
    ...(input.disruption ? [{ type: 'DisruptionTarget', status: 'True' as const, ...input.disruption }] : []),
    { type: 'PodReadyToStartContainers', status: isRunning ? 'True' : 'False' },
    { type: 'Initialized', status: 'True', ...(input.phase === 'Succeeded' && { reason: 'PodCompleted' }) },
    { type: 'Ready', ...unready },
    { type: 'ContainersReady', ...unready },
    { type: 'PodScheduled', status: 'True' },
  ];
}

function mergeConditions(
  before: readonly Condition[],
  wanted: readonly WantedCondition[],
  now: string,
): readonly Condition[] {
  return wanted.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const isSame = old?.status === condition.status;
    return { ...condition, lastProbeTime: null, lastTransitionTime: isSame ? old.lastTransitionTime : now };
  });
}

/** Kubernetes times have whole seconds. */
export function formatSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
