import type { ApiClient } from '../../api/client/api-client.ts';
import { normalWords } from '../../explain/normal-words.ts';
import { openWatch } from '../../api/watch/watch-stream.ts';
import type { PodMonitor } from './pod-monitor.ts';
import { createSlots } from './slots.ts';

/** Watches of events that one client keeps open at a time: enough to explain, few enough for a full cluster. */
const largestWatchCount = 8;

/** Different notices of one pod that are worth telling. */
const largestNoticeCount = 100;

interface EventObject {
  readonly metadata: { readonly uid?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  /** The other party: of `Preempted` the pod that takes the place. */
  readonly related?: { readonly uid?: string; readonly namespace?: string; readonly name?: string };
}

/** Reads the events of pods that do not start. */
export interface PodEventReader {
  /** Tells the monitor what the events say, until the signal aborts or the server has had enough. Never rejects. */
  read(
    pod: { readonly namespace: string; readonly uid: string; readonly image: string },
    monitor: PodMonitor,
    signal: AbortSignal,
    /** Other events are passed over. @default all */
    reasons?: ReadonlySet<string>,
  ): Promise<void>;
}

/** All that is worth reading of a pod that a more important one drives out: its status does not say which. */
export const preemptionReasons: ReadonlySet<string> = new Set(['Preempted']);

/** Makes the reader; a single request per pod, and only some at a time. */
export function createPodEventReader(client: ApiClient): PodEventReader {
  const slots = createSlots(largestWatchCount);
  return {
    async read(pod, monitor, signal, reasons) {
      const target = {
        path: `/api/v1/namespaces/${pod.namespace}/events`,
        query: { fieldSelector: `involvedObject.uid=${pod.uid}` },
        what: `Watching events of a pod in ${pod.namespace}`,
      };
      let release: (() => void) | undefined;
      try {
        release = await slots.take(signal);
        const told = new Set<string>();
        for await (const event of openWatch<EventObject>(client, target, undefined, signal)) {
          if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
          if (reasons?.has(event.object.reason ?? '') === false) continue;
          tell(event.object, pod.image, monitor, told);
        }
      } catch {
        // Events only explain: a client without the right to read them, or one that lost them, drives the pod all the same.
      } finally {
        release?.();
      }
    },
  };
}

/** What the pod's status says already, in better words. */
const knownReasons = new Set([
  'Scheduled',
  'FailedScheduling',
  'Failed',
  'BackOff',
  'Killing',
  'InspectFailed',
  'ErrImageNeverPull',
  'ExecutorSubstituted',
]);

/** How the kubelet makes up for settings of its node: the same for every pod there, and nothing that builds wait for. `inspect` has them. */
const nodeReasons = new Set(['MissingClusterDNS', 'DNSConfigForming']);

/** What keeps a pod in `ContainerCreating`, of which its status says nothing. */
const setupReasons = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
  'NetworkNotReady',
]);

const vagueMount = /^Unable to attach or mount volumes/;

function tell(event: EventObject, image: string, monitor: PodMonitor, told: Set<string>): void {
  const reason = event.reason ?? 'Unknown';
  const message = withName(event);
  if (knownReasons.has(reason) || nodeReasons.has(reason)) return;
  if (setupReasons.has(reason)) {
    // What the kubelet says besides after two minutes names no reason: that of before is worth more.
    if (!vagueMount.test(message) || !told.has(reason)) monitor.reportWaiting({ reason, message });
    told.add(reason);
    return;
  }
  if (reason === 'Pulling' || reason === 'Pulled' || reason === 'Created' || reason === 'Started') {
    monitor.reportWaiting(undefined);
    // Each try to pull is an event.
    if (reason === 'Pulling' && message.includes(image) && !told.has(reason)) {
      told.add(reason);
      monitor.notice({ type: 'pulling', image });
    }
    return;
  }
  const key = `${reason}\n${normalWords(message)}`;
  if (told.has(key) || told.size >= largestNoticeCount) return;
  told.add(key);
  monitor.notice({ type: 'notice', isWarning: event.type === 'Warning', reason, message });
}

/** Words that name another pod by its uid name it by its name. */
function withName({ message = '', related }: EventObject): string {
  if (related?.uid === undefined || related.name === undefined) return message;
  return message.replace(related.uid, [related.namespace, related.name].filter(Boolean).join('/'));
}
