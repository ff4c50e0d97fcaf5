import { type ClusterPod, KanikitError, type PodLaunch, type RunContext } from '@kanikit/spec';
import { sendStdin } from '../attach/send-stdin.ts';
import type { ApiClient } from '../../api/client/api-client.ts';
import { ApiError } from '../../api/client/api-error.ts';
import { followLog } from '../logs/follow-log.ts';
import { jobManifest } from '../manifests/job-manifest.ts';
import { podManifest } from '../manifests/pod-manifest.ts';
import { secretManifest } from '../manifests/secret-manifest.ts';
import type { WaitingLimits } from '../observe/describe-waiting.ts';
import { type PodEventReader, preemptionReasons } from '../observe/pod-events.ts';
import { createPodMonitor, type PodMonitor } from '../observe/pod-monitor.ts';
import type { PodObject } from '../../api/watch/pod-object.ts';
import type { PodWatch } from '../../api/watch/pod-watch.ts';
import { createObject, type StoredObject } from './create-object.ts';
import { awaitJobPod } from './await-job-pod.ts';
import { collectionPath, deleteObjects, type OwnedObject } from './delete-objects.ts';
import { provideLate } from './provide-late.ts';

/** Says to the cluster that this client lives, as long as it waits for the pod; the result ends that. */
export interface SignsOfLife {
  join(namespace: string, pod: { readonly name: string; readonly uid: string }): () => void;
}

/** What launching needs of the cluster. */
export interface LaunchContext {
  readonly client: ApiClient;
  readonly clientId: string;
  readonly watch: PodWatch;
  readonly events: PodEventReader;
  readonly limits: WaitingLimits;
  readonly stopMs: number;
  /** How long an API server that is away is waited for while a pod is launched. */
  readonly patienceMs: number;
  /** How long the API server may be silent before that is told. */
  readonly tellAfterMs: number;
  /** A pod that waits longer than this has its events read. */
  readonly eventsAfterMs: number;
  readonly heartbeat: SignsOfLife;
}

/** An aborted launch lets a create under way answer for this long: what is known to exist is deleted for certain. */
const abortGraceMs = 2_000;

/**
 * Creates the pod and then its secret, owned by it: whatever happens in between, no secret can outlive its pod, and a pod without its
 * secret waits in `ContainerCreating` until its deadline (docs/decisions/0003-pod-before-secret.md).
 */
export async function launchPod(
  context: LaunchContext,
  launch: PodLaunch,
  namespace: string,
  run: RunContext,
): Promise<ClusterPod> {
  run.signal.throwIfAborted();
  const { client, clientId } = context;
  const isJob = launch.podAs === 'job';
  const manifest = (isJob ? jobManifest : podManifest)(launch, namespace, clientId);
  const { labels } = manifest['metadata'] as { readonly labels: Readonly<Record<string, string>> };
  const owned = (kind: OwnedObject['kind'], uid: string | undefined): OwnedObject => ({
    kind,
    namespace,
    name: launch.name,
    uid,
    labels,
  });
  const created: OwnedObject[] = [];
  const creation = lingering(run.signal);
  const create = async <T extends StoredObject>(
    kind: OwnedObject['kind'],
    object: Parameters<typeof createObject>[2],
  ): Promise<T> => {
    try {
      const stored = await createObject<T>(client, collectionPath(kind, namespace), object, {
        abort: run.signal,
        giveUp: creation.signal,
        patienceMs: context.patienceMs,
        tellAfterMs: context.tellAfterMs,
        onWait: run.onWait,
      });
      created.push(owned(kind, stored.metadata.uid));
      run.signal.throwIfAborted();
      return stored;
    } catch (error) {
      // No answer, or one that leaves open what happened: it may be there, or still come.
      if (isOpenEnded(error) && created.every((object_) => object_.kind !== kind))
        created.push(owned(kind, undefined));
      throw error;
    }
  };

  const starting = create<PodObject & StoredObject>(isJob ? 'jobs' : 'pods', manifest);
  const watched = watchPod(context, launch, namespace, run.signal);
  try {
    const stored = await starting;
    if (!isJob) watched.confirm(stored);
    const ownerUid = stored.metadata.uid;
    const secret = secretManifest(launch, namespace, clientId, { isRedacted: false, ownerUid });
    if (secret !== undefined) await create('secrets', secret);
    if (isJob) {
      const pod = await awaitJobPod(
        client,
        watched.monitor,
        launch,
        { namespace, jobUid: ownerUid },
        run.signal,
      );
      watched.confirm(pod);
      // It goes with its Job, and at once where it is named.
      created.push({ ...owned('pods', pod.metadata.uid), name: pod.metadata.name });
    }
  } catch (error) {
    watched.monitor.settleRemoved();
    await cleanUp(client, created, error);
    throw run.signal.aborted ? run.signal.reason : error;
  } finally {
    creation.stop();
  }
  return handle(context, watched, launch, namespace, created, run);
}

function handle(
  { client, heartbeat, watch, patienceMs }: LaunchContext,
  { monitor, unfollow }: WatchedPod,
  launch: PodLaunch,
  namespace: string,
  created: readonly OwnedObject[],
  run: RunContext,
): ClusterPod {
  const pod = created.find(({ kind }) => kind === 'pods');
  const name = pod?.name ?? launch.name;
  const forget =
    launch.isDetached === true || pod?.uid === undefined
      ? (): void => undefined
      : heartbeat.join(namespace, { name, uid: pod.uid });
  let removal: Promise<void> | undefined;
  const remove = async (): Promise<void> => {
    try {
      await deleteObjects(client, created);
      monitor.settleRemoved();
      forget();
    } catch (error) {
      removal = undefined;
      throw error;
    }
  };
  const left = new AbortController();
  const signal = AbortSignal.any([run.signal, left.signal]);
  const source = { client, namespace, name, monitor, left: left.signal, signal };
  return {
    namespace,
    name,
    observations: monitor.observations,
    log: followLog({ ...source, lookAgain: () => watch.refresh() }),
    sendStdin: (archive, { signal }) => sendStdin(source, archive, signal),
    provide: async (values, { signal }) => {
      const uidOf = (kind: OwnedObject['kind']): string | undefined =>
        created.find((object) => object.kind === kind)?.uid;
      const uids = { podUid: uidOf('pods'), secretUid: uidOf('secrets') };
      await provideLate(client, launch, { namespace, pod: name, patienceMs, ...uids }, values, signal);
      monitor.release();
    },
    remove: () => (removal ??= remove()),
    async keep() {
      await deleteObjects(
        client,
        created.filter(({ kind }) => kind === 'secrets'),
      );
      forget();
    },
    leave() {
      left.abort(new Error('the client let go of the build'));
      unfollow();
      forget();
    },
  };
}

interface WatchedPod {
  readonly monitor: PodMonitor;
  confirm(pod: PodObject): void;
  unfollow(): void;
}

function watchPod(
  context: LaunchContext,
  launch: PodLaunch,
  namespace: string,
  signal: AbortSignal,
): WatchedPod {
  const waiting = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const monitor = createPodMonitor({
    signal,
    deadlineSeconds: launch.deadlineSeconds,
    isHeld: (launch.lateSecretEnv ?? []).length > 0,
    limits: context.limits,
    stopMs: context.stopMs,
    onStarted() {
      clearTimeout(timer);
      waiting.abort();
    },
    onPreempted: (uid, over) =>
      void context.events.read({ namespace, uid, image: launch.image }, monitor, over, preemptionReasons),
    onSettled: () => unfollow(),
  });
  const unfollow = context.watch.follow(launch.name, monitor.listener);
  return {
    monitor,
    unfollow() {
      clearTimeout(timer);
      unfollow();
    },
    confirm(pod) {
      const { uid } = pod.metadata;
      timer = setTimeout(() => {
        if (uid === undefined || monitor.stage() !== 'waiting') return;
        void context.events.read({ namespace, uid, image: launch.image }, monitor, waiting.signal);
      }, context.eventsAfterMs).unref();
      monitor.confirm(pod);
    },
  };
}

/** A signal that follows another a moment later. */
function lingering(signal: AbortSignal): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => controller.abort(signal.reason), abortGraceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function isOpenEnded(error: unknown): boolean {
  return (
    !(error instanceof KanikitError) || (error instanceof ApiError && (error.status?.code ?? 500) >= 500)
  );
}

async function cleanUp(client: ApiClient, created: readonly OwnedObject[], reason: unknown): Promise<void> {
  try {
    await deleteObjects(client, created);
  } catch (error) {
    if (!(error instanceof KanikitError)) throw error;
    throw new KanikitError({ code: error.code, message: error.message, hint: error.hint, cause: reason });
  }
}
