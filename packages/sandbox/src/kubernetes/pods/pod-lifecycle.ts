import type { NodePod, ObjectReader, PodReporter, PodRuntime } from '../../node/pod-runtime.ts';
import { isFinished, type Pod, type PodStatus } from '../objects.ts';
import type { StoreChange } from '../store/change-window.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Background } from '../background.ts';
import { acceptReport } from './conditions.ts';
import { armDeadline, type Deadline } from './deadline.ts';
import type { EventRecorder } from './event-recorder.ts';
import { placePod } from './place-pod.ts';
import { nodeName } from './sandbox-node.ts';

/** How long past its grace period a pod's end is awaited before its object goes anyway. */
const stopSlackMs = 30_000;

export interface PodLifecycle {
  nodePod(uid: string): NodePod | undefined;
  /** Stops every pod; resolves when the node is empty. */
  close(): Promise<void>;
}

interface Entry {
  readonly node: NodePod;
  deadline: Deadline | undefined;
  isOverdue: boolean;
}

export interface PodLifecycleOptions {
  readonly store: ObjectStore;
  readonly runtime: PodRuntime;
  readonly events: EventRecorder;
  readonly background: Background;
  readonly now: () => number;
  /** Pods that wait stay so. */
  readonly isSweep: boolean;
}

/** Scheduler and kubelet in one: brings stored pods to the runtime and the runtime's reports to the store. */
export function createPodLifecycle(options: PodLifecycleOptions): PodLifecycle {
  const { store, runtime, events, background, now } = options;
  const entries = new Map<string, Entry>();
  let isClosing = false;
  const objects: ObjectReader = {
    read: (kind, namespace, name) => store.get(kind, namespace, name),
  };

  function current(pod: Pod): Pod | undefined {
    const stored = store.get('pods', pod.metadata.namespace, pod.metadata.name) as Pod | undefined;
    return stored?.metadata.uid === pod.metadata.uid ? stored : undefined;
  }

  function setStatus(pod: Pod, change: (status: PodStatus) => PodStatus): void {
    const stored = current(pod);
    if (stored !== undefined) store.put('pods', { ...stored, status: change(stored.status) });
  }

  function kubeletEvent(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    events.record(current(pod) ?? pod, { type, reason, message, component: 'kubelet', host: nodeName });
  }

  function reporterOf(pod: Pod): PodReporter {
    const { uid } = pod.metadata;
    return {
      status: (report) =>
        background.run(`status ${uid}`, () =>
          setStatus(pod, (stored) =>
            acceptReport(stored, report as PodStatus, entries.get(uid)?.isOverdue === true),
          ),
        ),
      event: ({ type, reason, message }) => kubeletEvent(pod, type, reason, message),
    };
  }

  function schedule(pod: Pod): void {
    background.run(`schedule ${pod.metadata.uid}`, () => {
      const stored = current(pod);
      if (isClosing || stored === undefined || stored.spec.nodeName !== undefined || isFinished(stored))
        return;
      placePod(store, events, stored, now());
    });
  }

  function take(pod: Pod, how: 'start' | 'recover'): void {
    const stored = current(pod);
    if (isClosing || stored === undefined || entries.has(pod.metadata.uid)) return;
    const node = runtime[how](stored, objects, reporterOf(pod));
    entries.set(pod.metadata.uid, { node, deadline: undefined, isOverdue: false });
    const after = current(pod);
    if (after !== undefined) watchDeadline(after);
  }

  function watchDeadline(pod: Pod): void {
    const entry = entries.get(pod.metadata.uid);
    if (entry === undefined || entry.isOverdue) return;
    entry.deadline = armDeadline(entry.deadline, pod, now, () => {
      const stored = current(pod);
      if (stored === undefined || isFinished(stored)) return;
      entry.isOverdue = true;
      const reason = 'DeadlineExceeded';
      const message = 'Pod was active on the node longer than the specified deadline';
      background.run(`deadline ${pod.metadata.uid}`, () =>
        setStatus(pod, (status) => ({ ...status, phase: 'Failed', reason, message })),
      );
      kubeletEvent(stored, 'Normal', reason, message);
      void stop(stored, stored.spec.terminationGracePeriodSeconds ?? 30);
    });
  }

  async function stop(pod: Pod, graceSeconds: number): Promise<void> {
    const entry = entries.get(pod.metadata.uid);
    if (entry === undefined) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, graceSeconds * 1000 + stopSlackMs);
    try {
      await Promise.race([entry.node.stop(graceSeconds), late]);
    } catch (error) {
      const message = `error killing pod: ${(error as Error).message}`;
      kubeletEvent(pod, 'Warning', 'FailedKillPod', message);
    } finally {
      clearTimeout(timer);
    }
  }

  async function finishDeletion(pod: Pod): Promise<void> {
    await stop(pod, pod.metadata.deletionGracePeriodSeconds ?? 0);
    background.run(`delete ${pod.metadata.uid}`, () => {
      const stored = current(pod);
      if (stored === undefined || isClosing) return;
      const { finalizers = [] } = stored.metadata;
      if (finalizers.length === 0) store.remove('pods', stored);
      else store.put('pods', { ...stored, metadata: { ...stored.metadata, deletionGracePeriodSeconds: 0 } });
    });
  }

  async function forget(pod: Pod): Promise<void> {
    const entry = entries.get(pod.metadata.uid);
    if (entry === undefined) return;
    entry.deadline?.cancel();
    await stop(pod, 0);
    entries.delete(pod.metadata.uid);
    await entry.node.remove().catch((error: unknown) => {
      const message = `error removing the pod's files: ${(error as Error).message}`;
      kubeletEvent(pod, 'Warning', 'FailedKillPod', message);
    });
  }

  function onChange(change: StoreChange): void {
    if (change.resource !== 'pods' || isClosing) return;
    const pod = change.object as Pod;
    const before = change.previous as Pod | undefined;
    if (change.type === 'DELETED') {
      void forget(pod);
      retryUnscheduled();
      return;
    }
    if (pod.spec.nodeName === undefined && before === undefined) setImmediate(schedule, pod);
    if (pod.spec.nodeName !== undefined && before?.spec.nodeName === undefined)
      setImmediate(take, pod, 'start');
    const isShorter =
      isDeleting(pod) &&
      pod.metadata.deletionGracePeriodSeconds !== before?.metadata.deletionGracePeriodSeconds;
    if (isShorter && (pod.metadata.deletionGracePeriodSeconds ?? 0) > 0) void finishDeletion(pod);
    watchDeadline(pod);
    if (before !== undefined && annotationsOf(pod) !== annotationsOf(before)) {
      entries.get(pod.metadata.uid)?.node.changed?.();
    }
    if (isFinished(pod) && before !== undefined && !isFinished(before)) retryUnscheduled();
  }

  function retryUnscheduled(): void {
    for (const pod of store.list('pods') as readonly Pod[])
      if (pod.spec.nodeName === undefined) setImmediate(schedule, pod);
  }

  function resumeStored(): void {
    for (const pod of store.list('pods') as readonly Pod[]) {
      const isWaiting = pod.status.phase === 'Pending' && !isDeleting(pod);
      if (options.isSweep && isWaiting) continue;
      if (pod.spec.nodeName === undefined) schedule(pod);
      else take(pod, isWaiting ? 'start' : 'recover');
      if (isDeleting(pod)) void finishDeletion(pod);
    }
  }

  const unsubscribe = store.subscribe(onChange);
  resumeStored();
  return {
    nodePod: (uid) => entries.get(uid)?.node,
    async close() {
      isClosing = true;
      for (const entry of entries.values()) entry.deadline?.cancel();
      // The last reports of the pods still reach the store.
      await runtime.close();
      unsubscribe();
    },
  };
}

function annotationsOf(pod: Pod): string {
  return JSON.stringify(pod.metadata.annotations ?? {});
}

function isDeleting(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}
