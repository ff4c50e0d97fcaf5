import type { ClusterPod, FoundBuild, RunContext } from '@kanikit/spec';
import { KanikitError } from '@kanikit/spec';
import { isMissing } from '../../api/client/api-client.ts';
import type { ApiClient } from '../../api/client/api-client.ts';
import { followLog } from '../../pods/logs/follow-log.ts';
import { annotationKeys } from '../../pods/layout/labels.ts';
import { isLateKey } from '../../pods/layout/secret-layout.ts';
import type { WaitingLimits } from '../../pods/observe/describe-waiting.ts';
import { type PodEventReader, preemptionReasons } from '../../pods/observe/pod-events.ts';
import { createPodMonitor } from '../../pods/observe/pod-monitor.ts';
import type { PodObject } from '../../api/watch/pod-object.ts';
import { followedName, type PodWatch } from '../../api/watch/pod-watch.ts';

/** What following needs of the cluster. */
export interface AdoptContext {
  readonly client: ApiClient;
  readonly events: PodEventReader;
  readonly limits: WaitingLimits;
  readonly stopMs: number;
  readonly eventsAfterMs: number;
}

/** A pod without a deadline is waited for this long: as long as any build may reasonably last. */
const longestWatchSeconds = 7 * 24 * 60 * 60;

/**
 * Follows a build of another client. The pod as it was found is where it starts; what happened to it meanwhile the watch tells, which begins
 * with a list, or, where it was open already, a look at the pod itself.
 */
export function adoptBuild(
  context: AdoptContext,
  build: FoundBuild,
  pod: PodObject,
  watch: PodWatch,
  run: RunContext,
): ClusterPod {
  const { client } = context;
  const { namespace, pod: name, podUid: uid } = build;
  const waiting = new AbortController();
  let unfollow = (): void => undefined;
  const monitor = createPodMonitor({
    signal: run.signal,
    deadlineSeconds: pod.spec?.activeDeadlineSeconds ?? longestWatchSeconds,
    isHeld: isHeld(pod),
    limits: context.limits,
    stopMs: context.stopMs,
    onStarted: () => waiting.abort(),
    onPreempted: (_uid, over) =>
      void context.events.read({ namespace, uid, image: build.image }, monitor, over, preemptionReasons),
    onSettled: () => unfollow(),
  });
  const changed = (next: PodObject): void => {
    if (next.metadata.uid !== uid) return monitor.listener.removed(undefined);
    if (!isHeld(next)) monitor.release();
    monitor.listener.changed(next);
  };
  const wasOpen = watch.isOpen();
  // Confirmed before it is followed: the list that the watch begins with then tells that it is gone.
  monitor.confirm(pod);
  if (monitor.stage() !== 'ended') {
    unfollow = watch.follow(followedName(pod), { ...monitor.listener, changed });
    if (wasOpen) void look();
  }
  if (monitor.stage() === 'waiting') {
    void context.events.read({ namespace, uid, image: build.image }, monitor, waiting.signal);
  }

  async function look(): Promise<void> {
    try {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      const what = `Looking at pod ${namespace}/${name}`;
      changed(await client.sendRepeatable<PodObject>({ method: 'GET', path, what }, run.signal));
    } catch (error) {
      // Other failures are the watch's to tell, which is open.
      if (isMissing(error)) monitor.listener.removed(undefined);
    }
  }

  return {
    namespace,
    name,
    observations: monitor.observations,
    log: followLog({
      client,
      namespace,
      name,
      monitor,
      signal: run.signal,
      lookAgain: () => watch.refresh(),
    }),
    sendStdin: () => Promise.reject(notOwn(build)),
    provide: () => Promise.reject(notOwn(build)),
    remove: () => {
      unfollow();
      return Promise.resolve();
    },
    leave: () => unfollow(),
  };
}

/** Whether a pod lacks a value of its secret on purpose. */
function isHeld(pod: PodObject): boolean {
  if (pod.metadata.annotations?.[annotationKeys.ready] !== undefined) return false;
  const variables = (pod.spec?.containers ?? []).flatMap(({ env = [] }) => env);
  return variables.some(({ valueFrom }) => isLateKey(valueFrom?.secretKeyRef?.key ?? ''));
}

function notOwn({ namespace, pod }: FoundBuild): KanikitError {
  return new KanikitError({
    code: 'build-not-own',
    message: `Handing something to pod ${namespace}/${pod}: another client started it.`,
  });
}
