import type { FoundBuild } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../../api/client/api-client.ts';
import { hasStatus } from '../../api/client/api-error.ts';
import { cancelledAnnotation } from '../../pods/manifests/cancelled.ts';
import { labelKeys, managerName } from '../../pods/layout/labels.ts';
import { removeObject } from './remove-object.ts';
import { jobOf, type ObjectMetadata, type PodObject } from '../../api/watch/pod-object.ts';

/**
 * Ends a build of any client. Its pod says first who did, so that its client does not take it for an accident; resolves with false where that was
 * not allowed.
 */
export async function cancelBuild(
  client: ApiClient,
  build: FoundBuild,
  options: { readonly by: string; readonly now: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace, pod, podUid } = build;
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
  await removeJob(client, build, signal);
  await removeObject(client, { kind: 'pod', namespace, name: pod, uid: podUid }, signal);
  return isMarked;
}

/** Ends the Job of a build, if the one that the pod names is the build's own: whoever makes a pod may have it name any Job. */
async function removeJob(
  client: ApiClient,
  { namespace, job, pod, podUid, runId, buildId }: FoundBuild,
  signal: AbortSignal,
): Promise<void> {
  if (job === undefined) return;
  const what = `Finding job ${namespace}/${job} of a build`;
  const read = <T>(path: string): Promise<T> =>
    client.sendRepeatable<T>({ method: 'GET', path, what }, signal);
  try {
    const found = await read<{ readonly metadata?: ObjectMetadata }>(
      `/apis/batch/v1/namespaces/${namespace}/jobs/${encodeURIComponent(job)}`,
    );
    const made = await read<PodObject>(`/api/v1/namespaces/${namespace}/pods/${pod}`);
    const { uid, labels } = found.metadata ?? {};
    const isOwn =
      labels?.[labelKeys.managedBy] === managerName &&
      labels[labelKeys.run] === runId &&
      labels[labelKeys.build] === buildId;
    if (!isOwn || uid === undefined || made.metadata.uid !== podUid || jobOf(made)?.uid !== uid) return;
    await removeObject(client, { kind: 'job', namespace, name: job, uid }, signal);
  } catch (error) {
    // What may not be looked at stays: its pod goes, and the Job makes no second one.
    if (!isMissing(error) && !hasStatus(error, 403)) throw error;
  }
}
