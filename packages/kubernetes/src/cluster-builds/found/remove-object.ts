import type { Remnant } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { collections } from './list-objects.ts';

/** One object that goes; with `uid` only if it still is that one. */
export interface ObjectToRemove {
  readonly kind: Remnant['kind'];
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

/**
 * Deletes an object; one that is gone or has become another is done. A pod gets no time (a build has nothing to finish), and what a Job made
 * goes with it.
 *
 * @throws KanikitError `cluster-unreachable`, `cluster-denied`
 */
export async function removeObject(
  client: ApiClient,
  { kind, namespace, name, uid }: ObjectToRemove,
  signal: AbortSignal,
): Promise<void> {
  const { api, plural } = collections[kind];
  try {
    await client.sendRepeatable(
      {
        method: 'DELETE',
        path: `${api}/namespaces/${namespace}/${plural}/${encodeURIComponent(name)}`,
        what: `Deleting ${kind} ${namespace}/${name}`,
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(uid === undefined ? {} : { preconditions: { uid } }),
          ...(kind === 'pod' ? { gracePeriodSeconds: 0 } : {}),
          // Jobs leave their pods behind unless told otherwise.
          ...(kind === 'job' ? { propagationPolicy: 'Background' } : {}),
        },
      },
      signal,
    );
  } catch (error) {
    if (!isMissing(error) && !hasStatus(error, 409)) throw error;
  }
}
