import { randomUUID } from 'node:crypto';
import { apiTime, type ApiObject } from '../objects.ts';
import type { ObjectStore } from '../store/object-store.ts';

export interface EventDetails {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `default-scheduler` or `kubelet`. */
  readonly component: string;
  readonly host?: string;
}

export interface EventRecorder {
  /** Records an event about an object; the same one again raises its count. */
  record(about: ApiObject, details: EventDetails): void;
  /** Removes what is older than an hour, and the oldest beyond the bound. */
  sweep(): void;
}

const lifetimeMs = 3600 * 1000;
/** Far above what an hour of builds makes; keeps a looping client from filling the store. */
const maximumEvents = 5000;

/** Events as core/v1 objects, as `kubectl describe` shows them. */
export function createEventRecorder(store: ObjectStore, now: () => number): EventRecorder {
  return {
    record(about, details) {
      const { namespace = 'default' } = about.metadata;
      // What is being taken down gets no new objects.
      if (store.get('namespaces', undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
      const same = store.list('events', namespace).find((event) => isSame(event, about, details));
      try {
        store.put('events', same === undefined ? newEvent(about, details, now()) : counted(same, now()));
      } catch {
        // Events are best effort on every cluster: with a full disk, or at the very end, one is lost.
      }
    },
    sweep() {
      const events = store.list('events');
      const byAge = events.toSorted((a, b) => lastSeen(a) - lastSeen(b));
      const surplus = Math.max(0, events.length - maximumEvents);
      byAge.forEach((event, index) => {
        if (index < surplus || now() - lastSeen(event) > lifetimeMs) store.remove('events', event);
      });
    },
  };
}

function newEvent(about: ApiObject, details: EventDetails, now: number): ApiObject {
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  const { type, reason, message, component, host } = details;
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: {
      name: `${name}.${uniqueTime(now)}`,
      namespace,
      uid: randomUUID(),
      creationTimestamp: apiTime(now),
      resourceVersion: '',
    },
    involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion, resourceVersion },
    reason,
    message,
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: apiTime(now),
    lastTimestamp: apiTime(now),
    count: 1,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}

let lastStamp = 0n;

/** Nanoseconds in hexadecimal, as real event names end: their order is the order of the events. */
function uniqueTime(now: number): string {
  const stamp = BigInt(Math.trunc(now)) * 1_000_000n;
  lastStamp = stamp > lastStamp ? stamp : lastStamp + 1n;
  return lastStamp.toString(16);
}

function counted(event: ApiObject, now: number): ApiObject {
  return { ...event, count: Number(event['count'] ?? 1) + 1, lastTimestamp: apiTime(now) };
}

function isSame(event: ApiObject, about: ApiObject, details: EventDetails): boolean {
  const { uid } = (event['involvedObject'] ?? {}) as { uid?: string };
  return (
    uid === about.metadata.uid && event['reason'] === details.reason && event['message'] === details.message
  );
}

function lastSeen(event: ApiObject): number {
  const time = event['lastTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp;
  return Date.parse(time as string);
}
