import { KanikitError, type PodLaunch } from '@kanikit/spec';
import type { ApiClient } from '../../api/client/api-client.ts';
import { ApiError, parseStatus, statusError } from '../../api/client/api-error.ts';
import { inspectEvents } from '../observe/inspect-events.ts';
import type { PodMonitor } from '../observe/pod-monitor.ts';
import { jobOf, type PodObject } from '../../api/watch/pod-object.ts';
import { refusalError } from './refusal.ts';

/** The Job controller makes a pod in well under a second; what admission refuses it tries again, ever more slowly. */
const appearMs = 30_000;

/**
 * Waits for the pod of a Job.
 *
 * @throws KanikitError `pod-refused`, `quota-exceeded`, …: what the controller was told, or that it did nothing
 */
export async function awaitJobPod(
  client: ApiClient,
  monitor: Pick<PodMonitor, 'pod' | 'whenChanged'>,
  launch: PodLaunch,
  { namespace, jobUid }: { readonly namespace: string; readonly jobUid: string | undefined },
  signal: AbortSignal,
): Promise<PodObject> {
  const late = AbortSignal.timeout(appearMs);
  const bounded = AbortSignal.any([signal, late]);
  try {
    for (let pod = monitor.pod(); ; pod = monitor.pod()) {
      // A pod that only says so might get the context and the secrets of the build.
      if (pod !== undefined && jobOf(pod)?.uid === jobUid) return pod;
      await monitor.whenChanged(bounded);
    }
  } catch (error) {
    if (signal.aborted || !late.aborted) throw error;
    throw await refusalOfJob(client, launch.name, namespace, signal);
  }
}

async function refusalOfJob(
  client: ApiClient,
  name: string,
  namespace: string,
  signal: AbortSignal,
): Promise<KanikitError> {
  const what = `Creating the pod of job ${namespace}/${name}`;
  const selector = `involvedObject.name=${name},involvedObject.kind=Job`;
  const events = await inspectEvents(client, namespace, selector, signal);
  const refused = events.findLast(({ reason }) => reason === 'FailedCreate');
  if (refused === undefined) {
    return new KanikitError({
      code: 'pod-refused',
      message: `${what}: the cluster made none within ${appearMs / 1000} s.`,
      hint: 'Does the controller manager of the cluster run? Builds work without Jobs, too.',
    });
  }
  const status = parseStatus(403, JSON.stringify({ message: refused.message }), undefined);
  const error = refusalError(statusError(what, client.server, status), what);
  return error instanceof ApiError
    ? new KanikitError({ code: 'pod-refused', message: error.message })
    : error;
}
