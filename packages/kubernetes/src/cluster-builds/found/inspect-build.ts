import type { BuildDetails, FoundBuild, FoundEvent } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { parseTime, type PodObject } from '../../api/watch/pod-object.ts';

/** Events that are told; the cluster keeps them for about an hour. */
const mostEvents = 50;

interface EventObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly metadata: { readonly creationTimestamp?: string };
}

/** Conditions of a build's pod, and what the cluster told about pod and Job. */
export async function inspectBuild(
  client: ApiClient,
  build: FoundBuild,
  signal: AbortSignal,
): Promise<BuildDetails> {
  const [pod, ...events] = await Promise.all([
    readPod(client, build, signal),
    inspectEvents(client, build.namespace, `involvedObject.uid=${build.podUid}`, signal),
    build.job === undefined
      ? []
      : inspectEvents(
          client,
          build.namespace,
          `involvedObject.name=${build.job},involvedObject.kind=Job`,
          signal,
        ),
  ]);
  const conditions = pod?.metadata.uid === build.podUid ? (pod.status?.conditions ?? []) : [];
  return {
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message })),
    events: events
      .flat()
      .toSorted((left, right) => (left.time ?? 0) - (right.time ?? 0))
      .slice(-mostEvents),
  };
}

async function readPod(
  client: ApiClient,
  { namespace, pod }: FoundBuild,
  signal: AbortSignal,
): Promise<PodObject | undefined> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  try {
    return await client.sendRepeatable(
      { method: 'GET', path, what: `Looking at pod ${namespace}/${pod}` },
      signal,
    );
  } catch (error) {
    // Whoever may list pods may not always get one; gone since it was listed is no failure either.
    if (isMissing(error) || hasStatus(error, 403)) return undefined;
    throw error;
  }
}

/** What the cluster told about an object; empty where that may not be read. */
export async function inspectEvents(
  client: ApiClient,
  namespace: string,
  fieldSelector: string,
  signal: AbortSignal,
): Promise<readonly FoundEvent[]> {
  try {
    const list = await client.sendRepeatable<{ readonly items: readonly EventObject[] }>(
      {
        method: 'GET',
        path: `/api/v1/namespaces/${namespace}/events`,
        query: { fieldSelector },
        what: `Reading events in namespace ${namespace}`,
      },
      signal,
    );
    return list.items.map((event) => ({
      time: parseTime(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
      isWarning: event.type === 'Warning',
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
    }));
  } catch (error) {
    if (hasStatus(error, 403)) return [];
    throw error;
  }
}
