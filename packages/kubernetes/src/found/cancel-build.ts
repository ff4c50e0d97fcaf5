import type { FoundBuild } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../client/api-client.ts';
import { hasStatus } from '../client/api-error.ts';
import { cancelledAnnotation } from '../manifests/cancelled.ts';
import { removeObject } from '../prune/remove-object.ts';

/**
 * Ends a build of any client. Its pod says first who did, so that its client does not take it for an accident; resolves with false where that was
 * not allowed.
 */
export async function cancelBuild(
  client: ApiClient,
  { namespace, pod, podUid, job }: FoundBuild,
  options: { readonly by: string; readonly now: number },
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  const what = `Cancelling the build in pod ${namespace}/${pod}`;
  // The uid makes the patch fail where the name has become that of another pod.
  const metadata = { uid: podUid, annotations: cancelledAnnotation(options.by, options.now) };
  let isMarked = true;
  try {
    await client.sendRepeatable({ method: 'PATCH', path, body: { metadata }, what }, signal);
  } catch (error) {
    if (isMissing(error) || hasStatus(error, 409)) return true;
    if (!hasStatus(error, 403)) throw error;
    isMarked = false;
  }
  if (job !== undefined) await removeObject(client, { kind: 'job', namespace, name: job }, signal);
  await removeObject(client, { kind: 'pod', namespace, name: pod, uid: podUid }, signal);
  return isMarked;
}
