import type { BuildDetails, FoundBuild } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import type { PodObject } from '../../api/watch/pod-object.ts';
import { inspectEvents } from '../../pods/observe/inspect-events.ts';

/** Events that are told; the cluster keeps them for about an hour. */
const mostEvents = 50;

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
