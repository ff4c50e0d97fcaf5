import type { ApiClient } from '../../api/client/api-client.ts';
import { annotationKeys } from '../../pods/layout/labels.ts';
import type { OwnedPod } from './lease.ts';

const withdrawMs = 30_000;

/**
 * Takes back what pods announced, since no sign of life can be given after all: else their builds would count as abandoned. Never rejects; where
 * pods can't be changed either, the rules of the cluster contradict themselves, and the next sign of life was promised in vain.
 */
export async function withdrawHeartbeat(
  client: ApiClient,
  namespace: string,
  pods: readonly OwnedPod[],
): Promise<void> {
  const signal = AbortSignal.timeout(withdrawMs);
  await Promise.allSettled(
    pods.map(({ name, uid }) =>
      client.sendRepeatable(
        {
          method: 'PATCH',
          path: `/api/v1/namespaces/${namespace}/pods/${name}`,
          body: { metadata: { uid, annotations: { [annotationKeys.heartbeat]: 'none' } } },
          what: `Noting at pod ${namespace}/${name} that its client gives no signs of life`,
        },
        signal,
      ),
    ),
  );
}
