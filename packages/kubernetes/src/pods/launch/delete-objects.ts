import { KanikitError } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { createBackoff, isTransient } from '../../api/client/retry.ts';
import { wait } from '../../api/client/wait.ts';
import { isOwn, type StoredObject } from './create-object.ts';

/** Longest time that taking a build's objects away may last. */
const cleanupBoundMs = 10_000;

/** Objects of one launch. `uid` is undefined where the server's answer to the create was lost. */
export interface OwnedObject {
  readonly kind: 'pods' | 'secrets' | 'jobs';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** Path of a kind of object in a namespace. */
export function collectionPath(kind: OwnedObject['kind'], namespace: string): string {
  return `${kind === 'jobs' ? '/apis/batch/v1' : '/api/v1'}/namespaces/${namespace}/${kind}`;
}

/**
 * Deletes objects and resolves when the server has confirmed it for each. Never touches an object of someone else that has taken the name.
 * Its bound is its own: it runs also where everything else was aborted.
 *
 * @throws KanikitError `cleanup-failed`
 */
export async function deleteObjects(client: ApiClient, objects: readonly OwnedObject[]): Promise<void> {
  const signal = AbortSignal.timeout(cleanupBoundMs);
  const outcomes = await Promise.allSettled(objects.map((object) => deleteObject(client, object, signal)));
  const failed = objects.filter((_, index) => outcomes[index]?.status === 'rejected');
  const cause = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as unknown;
  if (failed.length === 0) return;
  const names = failed.map(({ kind, namespace, name }) => `${kind}/${name} in ${namespace}`).join(' and ');
  const words = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
  throw new KanikitError({
    code: 'cleanup-failed',
    message: `Deleting ${names} on ${client.server}: ${signal.aborted ? `not confirmed within ${cleanupBoundMs / 1000} s` : words}.`,
    hint: failed
      .map(({ kind, namespace, name }) => `kubectl delete -n ${namespace} ${kind} ${name}`)
      .join(' && '),
    cause,
  });
}

async function deleteObject(client: ApiClient, object: OwnedObject, signal: AbortSignal): Promise<void> {
  const path = `${collectionPath(object.kind, object.namespace)}/${object.name}`;
  const what = `Deleting ${object.kind}/${object.name} in ${object.namespace}`;
  const backoff = createBackoff();
  for (;;) {
    try {
      const uid = object.uid ?? (await findOwn(client, path, what, object, signal));
      if (uid === undefined) return;
      await client.send(
        {
          method: 'DELETE',
          path,
          what,
          // A build has nothing to finish: the executor dies at the first signal, and nobody reads its files.
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            preconditions: { uid },
            ...(object.kind === 'pods' ? { gracePeriodSeconds: 0 } : {}),
            // Jobs leave their pods behind unless told otherwise.
            ...(object.kind === 'jobs' ? { propagationPolicy: 'Background' } : {}),
          },
        },
        signal,
      );
      return;
    } catch (error) {
      // 409: the uid is another one by now, so ours is gone.
      if (isMissing(error) || hasStatus(error, 409)) return;
      if (!isTransient(error)) throw error;
      await wait(Math.min(backoff.next(error), 2_000), signal);
    }
  }
}

async function findOwn(
  client: ApiClient,
  path: string,
  what: string,
  object: OwnedObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await client.send<StoredObject>({ method: 'GET', path, what }, signal);
  return isOwn(found, object.labels) ? found.metadata.uid : undefined;
}
