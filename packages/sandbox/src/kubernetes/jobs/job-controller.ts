import type { Background } from '../background.ts';
import { prepareNew } from '../handlers/create.ts';
import { removeOrMark } from '../handlers/delete.ts';
import { apiTime, type ApiObject, isFinished, type Pod } from '../objects.ts';
import type { EventRecorder } from '../pods/event-recorder.ts';
import { coreResource, findResource } from '../resources.ts';
import { StatusError } from '../status-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { finishedAt, type Job, type JobStatus } from '../job.ts';

/** What a controller waits before it tries again what admission refused; a real one waits ever longer. */
const retryMs = 2_000;
/** Longest time that `setTimeout` takes. */
const longestTimerMs = 2 ** 31 - 1;

export interface JobControllerContext {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly background: Background;
  readonly now: () => number;
}

/** Makes the pod of each Job, tells how it went, and removes Jobs whose time is over. Returns its end. */
export function startJobController({ store, events, background, now }: JobControllerContext): () => void {
  const timers = new Map<string, NodeJS.Timeout>();

  const again = (job: Job, delayMs: number): void => {
    const { uid } = job.metadata;
    clearTimeout(timers.get(uid));
    const wait = Math.min(Math.max(0, delayMs), longestTimerMs);
    timers.set(
      uid,
      setTimeout(() => settle(job), wait),
    );
  };
  const settle = ({ metadata: { namespace, name, uid } }: ApiObject): void => {
    background.run(`job ${uid}`, () => {
      const job = store.get('jobs', namespace, name) as Job | undefined;
      if (job?.metadata.uid !== uid || job.metadata.deletionTimestamp !== undefined) return;
      const end = finishedAt(job);
      if (end === undefined) reconcile(job);
      else expire(job, end);
    });
  };
  const podsOf = (job: Job): readonly Pod[] =>
    (store.list('pods', job.metadata.namespace) as readonly Pod[]).filter(
      ({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === job.metadata.uid) === true,
    );

  function expire(job: Job, end: number): void {
    const seconds = job.spec.ttlSecondsAfterFinished;
    if (seconds === undefined) return;
    const leftMs = end + seconds * 1000 - now();
    if (leftMs > 0) return again(job, leftMs);
    removeOrMark({ store, now }, findResource('batch', 'jobs')!, job, { propagationPolicy: 'Background' });
  }

  function reconcile(job: Job): void {
    const pods = podsOf(job);
    const succeeded = pods.filter(({ status }) => status.phase === 'Succeeded').length;
    const open = pods.filter((pod) => !isFinished(pod));
    const active = open.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const ended = pods.filter(({ status }) => status.phase === 'Failed').length;
    // A pod that is gone without an end of its own failed.
    const vanished = (job.status.active ?? 0) > 0 && open.length === 0 && succeeded + ended === 0 ? 1 : 0;
    const failed = Math.max(job.status.failed ?? 0, ended) + vanished;
    const startTime = job.status.startTime ?? apiTime(now());
    const status: JobStatus = { ...job.status, startTime, active: active.length, succeeded, failed };
    if (succeeded > 0)
      return finish(
        job,
        status,
        'Complete',
        'CompletionsReached',
        'Reached expected number of succeeded pods',
      );
    if (failed > (job.spec.backoffLimit ?? 6))
      return finish(
        job,
        status,
        'Failed',
        'BackoffLimitExceeded',
        'Job has reached the specified backoff limit',
      );
    const seconds = job.spec.activeDeadlineSeconds;
    const leftMs = seconds === undefined ? undefined : Date.parse(startTime) + seconds * 1000 - now();
    if (leftMs !== undefined && leftMs <= 0) {
      for (const pod of open) removeOrMark({ store, now }, coreResource('pods'), pod, {});
      const message = 'Job was active longer than specified deadline';
      return finish(job, { ...status, active: 0 }, 'Failed', 'DeadlineExceeded', message);
    }
    if (leftMs !== undefined) again(job, leftMs);
    const isReplaced = job.spec.podReplacementPolicy === 'Failed' ? open.length === 0 : active.length === 0;
    if (!isReplaced) return write(job, status);
    if (createPod(job)) write(job, { ...status, active: 1 });
    else again(job, Math.min(retryMs, leftMs ?? retryMs));
  }

  function createPod(job: Job): boolean {
    const { name, namespace = '', uid } = job.metadata;
    const owner = { apiVersion: job.apiVersion, kind: 'Job', name, uid };
    const { metadata, spec } = job.spec.template;
    const wanted = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata,
        name: '',
        generateName: `${name}-`,
        ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
      },
      spec,
    } as unknown as ApiObject;
    const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
      events.record(job, { type, reason, message, component: 'job-controller' });
    try {
      const pod = prepareNew(store, coreResource('pods'), wanted, namespace, now());
      store.put('pods', pod);
      tell('Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      tell('Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return false;
    }
  }

  function finish(
    job: Job,
    status: JobStatus,
    type: 'Complete' | 'Failed',
    reason: string,
    message: string,
  ): void {
    const time = apiTime(now());
    const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    const conditions = [first, type].map((name) => ({
      type: name,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: time,
      reason,
      message,
    }));
    write(job, { ...status, conditions, ...(type === 'Complete' ? { completionTime: time } : {}) });
    const [kind, word, words] =
      type === 'Complete'
        ? (['Normal', 'Completed', 'Job completed'] as const)
        : (['Warning', reason, message] as const);
    events.record(job, { type: kind, reason: word, message: words, component: 'job-controller' });
  }

  function write(job: Job, status: JobStatus): void {
    const { active = 0, succeeded = 0, failed = 0, ...rest } = status;
    // Counts of zero are left out, as everywhere in the API.
    const told = {
      ...rest,
      ...(active > 0 ? { active } : {}),
      ...(succeeded > 0 ? { succeeded } : {}),
      ...(failed > 0 ? { failed } : {}),
    };
    store.put('jobs', { ...job, status: told });
  }

  for (const job of store.list('jobs')) settle(job);
  const unsubscribe = store.subscribe((change) => {
    if (change.resource === 'jobs' && change.type !== 'DELETED') setImmediate(settle, change.object);
    if (change.resource !== 'pods') return;
    const { namespace, ownerReferences = [] } = change.object.metadata;
    const owner = ownerReferences.find(({ kind }) => kind === 'Job');
    const job = owner && store.get('jobs', namespace, owner.name);
    if (job !== undefined) setImmediate(settle, job);
  });
  return () => {
    unsubscribe();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
