import type { Pod } from '../objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { withCondition } from './conditions.ts';
import type { EventRecorder } from './event-recorder.ts';
import { nodeName } from './sandbox-node.ts';
import { unschedulableReason } from './scheduler.ts';

/** Binds a pod to the node, or says why it does not fit. */
export function placePod(store: ObjectStore, events: EventRecorder, pod: Pod, now: number): void {
  // A pod of another scheduler waits for it, without a word, as anywhere else.
  if (pod.spec['schedulerName'] !== 'default-scheduler') return;
  const node = store.get('nodes', undefined, nodeName)!;
  const why = unschedulableReason(pod, node, store.list('pods') as readonly Pod[]);
  const verdict =
    why === undefined
      ? { type: 'PodScheduled', status: 'True' }
      : { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: why };
  const conditions = withCondition(pod.status.conditions ?? [], verdict, now);
  const status = { ...pod.status, conditions };
  const component = 'default-scheduler';
  if (why !== undefined) {
    store.put('pods', { ...pod, status });
    events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message: why, component });
    return;
  }
  store.put('pods', { ...pod, spec: { ...pod.spec, nodeName }, status });
  const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`;
  events.record(pod, { type: 'Normal', reason: 'Scheduled', message, component });
}
