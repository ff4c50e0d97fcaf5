import { randomBytes } from 'node:crypto';
import { type Cluster, KanikitError, type Manifest, type PodLaunch } from '@kanikit/spec';
import { checkAccess } from './doctor/access/check-access.ts';
import type { Feature } from './doctor/access/rights.ts';
import { createApiClient } from './api/client/api-client.ts';
import type { ClusterConnection } from './api/connection/cluster-connection.ts';
import { createClusterBuilds } from './cluster-builds/cluster-builds.ts';
import { createHeartbeat } from './cluster-builds/heartbeat/heartbeat.ts';
import { ownerName } from './cluster-builds/heartbeat/owner-name.ts';
import { withdrawHeartbeat } from './cluster-builds/heartbeat/withdraw-heartbeat.ts';
import { launchPod } from './pods/launch/launch-pod.ts';
import { aboutAnnotations } from './pods/manifests/about-annotations.ts';
import { jobManifest } from './pods/manifests/job-manifest.ts';
import { labelKeys } from './pods/layout/labels.ts';
import { podManifest } from './pods/manifests/pod-manifest.ts';
import { secretManifest } from './pods/manifests/secret-manifest.ts';
import { defaultWaitingLimits, type WaitingLimits } from './pods/observe/describe-waiting.ts';
import { createPodEventReader } from './pods/observe/pod-events.ts';
import { createQuotaRooms } from './quota/quota-rooms.ts';
import { createPodWatch, type PodWatch } from './api/watch/pod-watch.ts';

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
  /** The same while a pod is launched, where a build has lost nothing yet. @default 20,000 ms */
  readonly launchPatienceMs?: number | undefined;
  /** How long it may stay out of reach before that is told. @default 5,000 ms */
  readonly tellAfterMs?: number | undefined;
  /** Silence of the shared watch after which it is opened anew. @default 150,000 ms: servers send a bookmark about every minute */
  readonly watchIdleMs?: number | undefined;
  /** Time between signs of life of this client, once a build has lasted that long. @default 300,000 ms */
  readonly heartbeatMs?: number | undefined;
  /** Whose builds these are, for people. @default `user@host`, or the name of the pod this process runs in */
  readonly owner?: string | undefined;
}

const defaultEventsAfterMs = 2_000;
const defaultStopMs = 30_000;
const defaultUnreachableMs = 300_000;
const defaultLaunchPatienceMs = 20_000;
const defaultTellAfterMs = 5_000;
const defaultHeartbeatMs = 300_000;

/**
 * Makes the driver of one cluster. Opens no connection before the first request; `close` ends them all.
 *
 * @example
 * const cluster = createCluster(await loadConnection({ env: process.env }));
 */
export function createCluster(connection: ClusterConnection, options: ClusterOptions = {}): Cluster {
  const client = createApiClient(connection);
  const clientId = randomBytes(6).toString('hex');
  const allowed = new Map<string, ReadonlySet<Feature>>();
  const watches = new Map<string, PodWatch>();
  const rooms = createQuotaRooms(client);
  const events = createPodEventReader(client);
  let isClosed = false;

  const tellAfterMs = options.tellAfterMs ?? defaultTellAfterMs;
  const heartbeatMs = options.heartbeatMs ?? defaultHeartbeatMs;
  const owner = options.owner ?? ownerName(connection);
  const heartbeat = createHeartbeat(client, {
    clientId,
    owner,
    intervalMs: heartbeatMs,
    onDenied: (namespace, pods) => void withdrawHeartbeat(client, namespace, pods),
  });

  const watchOf = (namespace: string, watched = clientId): PodWatch => {
    const key = `${namespace}/${watched}`;
    const known = watches.get(key);
    if (known !== undefined) return known;
    const watch = createPodWatch(client, {
      namespace,
      labelSelector: `${labelKeys.client}=${watched}`,
      unreachableMs: options.unreachableMs ?? defaultUnreachableMs,
      tellAfterMs,
      idleMs: options.watchIdleMs,
      startsWithList: watched !== clientId,
    });
    watches.set(key, watch);
    return watch;
  };
  const isAllowed = (feature: Feature, namespace: string): boolean =>
    allowed.get(namespace)?.has(feature) ?? false;
  const announced = (launch: PodLaunch, namespace: string): PodLaunch => {
    const isHeard = launch.isDetached !== true && isAllowed('heartbeat', namespace);
    const heartbeatSeconds = isHeard ? heartbeatMs / 1000 : undefined;
    const about = aboutAnnotations(launch, { owner, heartbeatSeconds });
    return { ...launch, annotations: { ...launch.annotations, ...about } };
  };
  const following = {
    client,
    events,
    limits: mergeLimits(options.waitingLimits),
    stopMs: options.stopMs ?? defaultStopMs,
    patienceMs: options.launchPatienceMs ?? defaultLaunchPatienceMs,
    tellAfterMs,
    eventsAfterMs: options.eventsAfterMs ?? defaultEventsAfterMs,
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
      const noted = announced(launch, namespace);
      const secret = secretManifest(noted, namespace, clientId, { isRedacted });
      const pod = (launch.podAs === 'job' ? jobManifest : podManifest)(noted, namespace, clientId);
      return secret === undefined ? [pod] : [pod, secret];
    },
    check: ({ namespace, isAttachNeeded, isJobNeeded = false }, { signal }) =>
      checkAccess(client, namespace ?? connection.namespace, {
        isAttachNeeded,
        isJobNeeded,
        isNamespaceThere: isThere(namespace ?? connection.namespace, connection),
        signal,
        onOptional: (features) => void allowed.set(namespace ?? connection.namespace, features),
      }),
    canLaunchAhead: (namespace) => isAllowed('launch-ahead', namespace ?? connection.namespace),
    async launch(launch, run) {
      if (isClosed) throw closedError(connection);
      const namespace = launch.namespace ?? connection.namespace;
      return launchPod(
        { ...following, clientId, watch: watchOf(namespace), heartbeat },
        announced(launch, namespace),
        namespace,
        run,
      );
    },
    async examine({ launch, isAttachNeeded }, run) {
      // Loaded when it is asked for: builds do without.
      const { examineCluster } = await import('./doctor/examine-cluster.ts');
      const namespace = launch.namespace ?? connection.namespace;
      const manifest = podManifest(announced(launch, namespace), namespace, clientId);
      return examineCluster({ client, connection, manifest, isAttachNeeded }, run);
    },
    builds: createClusterBuilds({
      ...following,
      namespace: connection.namespace,
      owner,
      watchOf: ({ metadata }) => watchOf(metadata.namespace ?? '', metadata.labels?.[labelKeys.client]),
    }),
    whenRoom: (refusal, { signal }) => rooms.whenRoom(refusal, signal),
    async close() {
      isClosed = true;
      rooms.close();
      await heartbeat.close();
      for (const watch of watches.values()) watch.close(closedError(connection));
      client.close();
    },
  };
}

/** `default` can't be deleted; what a configuration names was there once, and a create tells where it is not. */
function isThere(namespace: string, { configuredNamespace }: ClusterConnection): boolean {
  return namespace === 'default' || namespace === configuredNamespace;
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
