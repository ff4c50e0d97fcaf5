import type { ApiClient, ApiRequest } from '../../api/client/api-client.ts';
import { isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { leaseManifest, leaseName, type LeaseObject, leasePath, type OwnedPod } from './lease.ts';

/** The signs of life of one client: a Lease in each namespace where a build has lived for an interval. */
export interface Heartbeat {
  /** The client waits for this pod until the result is called. */
  join(namespace: string, pod: OwnedPod): () => void;
  /** Ends all signs of life; resolves when the server has heard of it, or after five seconds. */
  close(): Promise<void>;
}

export interface HeartbeatOptions {
  readonly clientId: string;
  /** Whose the builds are, for people. */
  readonly owner: string;
  readonly intervalMs: number;
  /** The server took none after all: nobody may conclude anything from silence. Pods that were waited for are given. */
  readonly onDenied: (namespace: string, pods: readonly OwnedPod[]) => void;
}

/** Longest clean-up at the end. */
const closeMs = 5_000;
/** Owners of a lease that are named; more would make it large, and any one of them keeps it. */
const mostOwners = 100;

/** Makes the heartbeat; sends nothing before a build has lived for an interval (docs/decisions/0055-heartbeat.md). */
export function createHeartbeat(client: ApiClient, options: HeartbeatOptions): Heartbeat {
  const pulses = new Map<string, Pulse>();
  const endings = new Set<Promise<void>>();
  const end = (namespace: string, pulse: Pulse): void => {
    pulses.delete(namespace);
    const ending = pulse.end().finally(() => endings.delete(ending));
    endings.add(ending);
  };
  return {
    join(namespace, pod) {
      const pulse = pulses.get(namespace) ?? startPulse(client, namespace, options);
      pulses.set(namespace, pulse);
      pulse.pods.set(pod.uid, pod);
      return () => {
        if (!pulse.pods.delete(pod.uid) || pulse.pods.size > 0) return;
        if (pulses.get(namespace) === pulse) end(namespace, pulse);
      };
    },
    async close() {
      for (const [namespace, pulse] of pulses) end(namespace, pulse);
      await Promise.all(endings);
    },
  };
}

interface Pulse {
  readonly pods: Map<string, OwnedPod>;
  end(): Promise<void>;
}

function startPulse(client: ApiClient, namespace: string, options: HeartbeatOptions): Pulse {
  const pods = new Map<string, OwnedPod>();
  const stop = new AbortController();
  const name = leaseName(options.clientId);
  const what = `Renewing lease ${namespace}/${name}`;
  let uid: string | undefined;
  let lastMs = 0;
  let beating: Promise<void> = Promise.resolve();

  const beat = async (): Promise<void> => {
    const owners = [...pods.values()].slice(0, mostOwners);
    // What is known of the server's clock gets better; a sign of life is never earlier than the one before.
    const timeMs = Math.max(lastMs + 1, Math.round(Date.now() + client.clockOffsetMs()));
    lastMs = timeMs;
    const body = leaseManifest({ ...options, namespace, timeMs }, owners);
    // With the uid: a lease of another client that has taken the name is left alone.
    const renew = (uid: string | undefined): ApiRequest => {
      const metadata = { ...(body['metadata'] as object), uid };
      return { method: 'PATCH', path: leasePath(namespace, name), body: { ...body, metadata }, what };
    };
    try {
      if (uid !== undefined) return void (await client.sendRepeatable(renew(uid), stop.signal));
    } catch (error) {
      // Collected with the pods it was written for.
      if (!isMissing(error)) throw error;
    }
    try {
      const made = await client.send<LeaseObject>(
        { method: 'POST', path: leasePath(namespace), query: { fieldManager: 'kanikit' }, body, what },
        stop.signal,
      );
      uid = made.metadata.uid;
    } catch (error) {
      // The answer to an earlier try was lost.
      if (!hasStatus(error, 409)) throw error;
      uid = (await client.sendRepeatable<LeaseObject>(renew(undefined), stop.signal)).metadata.uid;
    }
  };

  let timer: NodeJS.Timeout;
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      beating = beat().then(
        () => schedule(options.intervalMs),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          if (hasStatus(error, 403)) options.onDenied(namespace, [...pods.values()]);
          // Two more tries fit into the time after which silence counts.
          else schedule(options.intervalMs / 2);
        },
      );
    }, delayMs).unref();
  };
  schedule(options.intervalMs);

  return {
    pods,
    async end() {
      clearTimeout(timer);
      stop.abort(new Error('no build needs the lease any longer'));
      await beating;
      if (uid === undefined) return;
      const path = leasePath(namespace, name);
      // Its owners are gone: where this fails, the cluster collects it.
      await client
        .sendRepeatable(
          {
            method: 'DELETE',
            path,
            what: `Deleting lease ${namespace}/${name}`,
            body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
          },
          AbortSignal.timeout(closeMs),
        )
        .catch(() => undefined);
    },
  };
}
