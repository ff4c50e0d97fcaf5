import { randomBytes } from 'node:crypto';
import { type Cluster, KanikitError, type Manifest } from '@kanikit/spec';
import { checkAccess } from './check/check-access.ts';
import { createApiClient } from './client/api-client.ts';
import type { ClusterConnection } from './connection/cluster-connection.ts';
import { launchPod } from './launch/launch-pod.ts';
import { labelKeys } from './manifests/labels.ts';
import { podManifest } from './manifests/pod-manifest.ts';
import { secretManifest } from './manifests/secret-manifest.ts';
import { defaultWaitingLimits, type WaitingLimits } from './observe/describe-waiting.ts';
import { createPodEventReader } from './observe/pod-events.ts';
import { createPodWatch, type PodWatch } from './watch/pod-watch.ts';

/** How long the driver waits for what; every wait has a bound. */
export interface ClusterOptions {
  /** @default see `WaitingLimits` */
  readonly waitingLimits?: Partial<WaitingLimits> | undefined;
  /** How long a pod may wait before its events are read. @default 2,000 ms */
  readonly eventsAfterMs?: number | undefined;
  /** How long a pod that is being stopped may keep its container before it counts as lost. @default 30,000 ms */
  readonly stopMs?: number | undefined;
  /** How long the API server may stay out of reach before builds are given up. @default 300,000 ms */
  readonly unreachableMs?: number | undefined;
}

const defaultEventsAfterMs = 2_000;
const defaultStopMs = 30_000;
const defaultUnreachableMs = 300_000;

/**
 * Makes the driver of one cluster. Opens no connection before the first request; `close` ends them all.
 *
 * @example
 * const cluster = createCluster(await loadConnection({ env: process.env }));
 */
export function createCluster(connection: ClusterConnection, options: ClusterOptions = {}): Cluster {
  const client = createApiClient(connection);
  const clientId = randomBytes(6).toString('hex');
  const launchAhead = new Map<string, boolean>();
  const watches = new Map<string, PodWatch>();
  const events = createPodEventReader(client);
  let isClosed = false;

  const watchOf = (namespace: string): PodWatch => {
    const known = watches.get(namespace);
    if (known !== undefined) return known;
    const watch = createPodWatch(client, {
      namespace,
      labelSelector: `${labelKeys.client}=${clientId}`,
      unreachableMs: options.unreachableMs ?? defaultUnreachableMs,
      now: Date.now,
    });
    watches.set(namespace, watch);
    return watch;
  };

  return {
    specVersion: 1,
    description: {
      kind: connection.kind,
      name: connection.name,
      server: connection.server,
      namespace: connection.namespace,
    },
    manifests(launch, { isRedacted }): readonly Manifest[] {
      const namespace = launch.namespace ?? connection.namespace;
      const secret = secretManifest(launch, namespace, clientId, { isRedacted });
      const pod = podManifest(launch, namespace, clientId);
      return secret === undefined ? [pod] : [pod, secret];
    },
    check: ({ namespace, isAttachNeeded }, { signal }) =>
      checkAccess(client, namespace ?? connection.namespace, {
        isAttachNeeded,
        signal,
        onLaunchAhead: (isAllowed) => void launchAhead.set(namespace ?? connection.namespace, isAllowed),
      }),
    canLaunchAhead: (namespace) => launchAhead.get(namespace ?? connection.namespace) ?? false,
    async launch(launch, run) {
      if (isClosed) throw closedError(connection);
      const namespace = launch.namespace ?? connection.namespace;
      return launchPod(
        {
          client,
          clientId,
          watch: watchOf(namespace),
          events,
          limits: mergeLimits(options.waitingLimits),
          stopMs: options.stopMs ?? defaultStopMs,
          eventsAfterMs: options.eventsAfterMs ?? defaultEventsAfterMs,
        },
        launch,
        namespace,
        run,
      );
    },
    async close() {
      isClosed = true;
      for (const watch of watches.values()) watch.close(closedError(connection));
      client.close();
    },
  };
}

function mergeLimits(limits: Partial<WaitingLimits> | undefined): WaitingLimits {
  return { ...defaultWaitingLimits, ...limits };
}

function closedError(connection: ClusterConnection): KanikitError {
  return new KanikitError({
    code: 'cluster-closed',
    message: `Using the cluster ${connection.name}: it was closed before.`,
  });
}
