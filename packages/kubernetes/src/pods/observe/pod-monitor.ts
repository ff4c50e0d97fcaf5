import { type KanikitError, type PodObservation, type PodResult, untilAborted } from '@kanikit/spec';
import { executorState, parseTime, type PodObject } from '../../api/watch/pod-object.ts';
import type { PodListener } from '../../api/watch/pod-watch.ts';
import type { ClusterWords } from '../../explain/rule.ts';
import { explainEnd } from '../../explain/explain-end.ts';
import { explainWaiting } from '../../explain/explain-waiting.ts';
import { describeEnd, disruptionCause, fromPod, isNodeSilent } from './describe-end.ts';
import { describeWaiting, type Waiting, type WaitingLimits } from './describe-waiting.ts';
import { createObservationQueue } from './observation-queue.ts';
import { newNotices } from './pod-notices.ts';
import { createTimers } from './timers.ts';
import { createWaitingClock } from './waiting-clock.ts';

/** Where the executor's container stands. */
export type PodStage = 'waiting' | 'running' | 'ended';

/** Turns the states of one pod into observations. */
export interface PodMonitor {
  readonly listener: PodListener;
  readonly observations: AsyncIterable<PodObservation>;
  stage(): PodStage;
  /** The pod as it was last seen; undefined before it was. */
  pod(): PodObject | undefined;
  /** True once the container's program has ended, so that its log is complete. */
  hasContainerEnded(): boolean;
  /** True once the container's program ran, also where it has ended since. */
  hasStarted(): boolean;
  /** Resolves when the pod has ended. */
  readonly ended: Promise<void>;
  /** Like `ended`, but rejects with the signal's reason when that comes first. */
  whenEnded(signal: AbortSignal): Promise<void>;
  /** Why the watch ended; undefined while it has not. */
  failure(): KanikitError | undefined;
  /** Resolves at the next change of any kind. */
  whenChanged(signal: AbortSignal): Promise<void>;
  /** The API server has accepted the pod. */
  confirm(pod: PodObject): void;
  notice(observation: Extract<PodObservation, { type: 'notice' | 'pulling' }>): void;
  /** An event of the cluster says what keeps the container waiting; undefined takes it back. */
  reportWaiting(waiting: Waiting | undefined): void;
  /** The pod has all it needs: from now on what it waits for counts. */
  release(): void;
  /** The pod was removed by its owner. */
  settleRemoved(): void;
}

export interface PodMonitorOptions {
  readonly signal: AbortSignal;
  readonly deadlineSeconds: number;
  /** True for a pod that lacks a value of its secret on purpose, until `release`. */
  readonly isHeld: boolean;
  readonly limits: WaitingLimits;
  /** How long a pod that is being stopped may keep its container before it counts as lost. */
  readonly stopMs: number;
  /** Called once, when the pod runs, has ended, or can no longer be watched. */
  readonly onStarted: () => void;
  /** Called once, when a more important pod is about to drive this one out; the signal aborts when it has ended. */
  readonly onPreempted?: (uid: string, signal: AbortSignal) => void;
  /** Called once, when nothing more will happen. */
  readonly onSettled: () => void;
}

/** The cluster ends a pod at its deadline; when nothing is heard of that, the client does so this much later. */
const deadlineSlackMs = 60_000;

const awayHint = 'The build goes on in the cluster; its API server is asked again until it answers.';

/** What a pod waits for that lacks a value on purpose. */
const held: Waiting = { reason: 'Held', message: 'ready but for its late values' };
/** The values are there; the kubelet's last words, which come once more with the pod's next change, are from before. */
const provided: Waiting = {
  reason: 'Provided',
  message: 'its late values are there, but its node has not started it',
};

/** Makes the monitor of a pod that is about to be created. */
export function createPodMonitor(options: PodMonitorOptions): PodMonitor {
  const queue = createObservationQueue(options.signal);
  const timers = createTimers();
  const deadlineMs = options.deadlineSeconds * 1000;
  let stage: PodStage = 'waiting';
  let last: PodObject | undefined;
  let failure: KanikitError | undefined;
  let isConfirmed = false;
  let isScheduled = false;
  let hasStarted = false;
  let wasNodeSilent = false;
  const toldNotices = new Set<string>();
  let preemption: { words: string | undefined } | undefined;
  const over = new AbortController();
  let { isHeld } = options;
  let wordsWhileHeld: string | undefined;
  const ended = Promise.withResolvers<void>();
  let changed = Promise.withResolvers<void>();

  const announce = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const settle = (error?: KanikitError): void => {
    stage = 'ended';
    failure = error;
    timers.clear();
    over.abort();
    options.onStarted();
    queue.close(error);
    announce();
    ended.resolve();
    options.onSettled();
  };
  const end = (result: PodResult): void => {
    if (stage === 'ended') return;
    const words = result.cause === 'preempted' ? preemption?.words : undefined;
    queue.push({
      type: 'ended',
      ...explainEnd(words === undefined ? result : { ...result, message: words }, last),
    });
    settle();
  };
  const endFromPod = (cause: PodResult['cause'], words?: Waiting): void => {
    const result = fromPod(last ?? { metadata: { name: '' } }, cause);
    end({ ...result, reason: words?.reason ?? result.reason, message: words?.message ?? result.message });
  };
  const waiting = createWaitingClock(options.limits, {
    onPending(words) {
      if (words === held) queue.push({ type: 'held' });
      else if (words !== provided)
        queue.push({ type: 'pending', reason: words.reason, ...explained(words, last) });
    },
    onExpired: (words) => endFromPod('never-started', words),
  });
  timers.set('start', deadlineMs, () => {
    const words = waiting.current() ?? {
      reason: 'NotStarted',
      message: 'the pod did not start within its deadline',
    };
    endFromPod('never-started', words);
  });

  // The kubelet calls a value that is missing on purpose an error of configuration.
  const heldApart = (words: Waiting | undefined): Waiting | undefined => {
    if (words?.reason !== 'CreateContainerConfigError') return words;
    if (isHeld) {
      wordsWhileHeld = words.message;
      return held;
    }
    return words.message === wordsWhileHeld ? provided : words;
  };

  const observeRunning = (pod: PodObject): void => {
    const { running, terminated } = executorState(pod) ?? {};
    if (terminated !== undefined) hasStarted = true;
    if (stage !== 'waiting') return;
    // A kubelet tells of a short life only when it is over.
    const hasRun = running !== undefined || parseTime(terminated?.startedAt) !== undefined;
    if (!hasRun) return;
    hasStarted = true;
    stage = 'running';
    waiting.stop();
    timers.delete('start');
    options.onStarted();
    timers.set('deadline', deadlineMs + deadlineSlackMs, () => endFromPod('deadline-exceeded'));
    const startedAt = parseTime((running ?? terminated)?.startedAt);
    queue.push({ type: 'running', node: pod.spec?.nodeName, startedAt });
  };

  const observeNode = (pod: PodObject): void => {
    if (stage !== 'running' || isNodeSilent(pod) === wasNodeSilent) return;
    wasNodeSilent = !wasNodeSilent;
    const words = wasNodeSilent
      ? { reason: 'NodeNotReady', message: 'Node is not ready' }
      : { reason: 'NodeReady', message: 'its node answers again' };
    queue.push({ type: 'notice', isWarning: wasNodeSilent, ...words, ...explained(words, pod) });
  };

  const observeNotices = (pod: PodObject): void => {
    for (const notice of newNotices(pod, toldNotices)) queue.push(notice);
  };

  const observePreemption = (pod: PodObject): void => {
    const { uid } = pod.metadata;
    if (preemption !== undefined || uid === undefined || disruptionCause(pod) !== 'preempted') return;
    preemption = { words: undefined };
    options.onPreempted?.(uid, over.signal);
  };

  const observeStopping = (pod: PodObject): void => {
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    const isFinished = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
    if ((deletionTimestamp === undefined && !isFinished) || timers.has('stop')) return;
    // A kubelet that is gone never confirms that the container has stopped.
    timers.set('stop', (deletionGracePeriodSeconds ?? 0) * 1000 + options.stopMs, () => {
      endFromPod(disruptionCause(last ?? pod) ?? (deletionTimestamp === undefined ? 'node-lost' : 'deleted'));
    });
  };

  const observe = (pod: PodObject): void => {
    if (stage === 'ended') return;
    last = pod;
    const node = pod.spec?.nodeName;
    if (!isScheduled && node !== undefined && node !== '') {
      isScheduled = true;
      queue.push({ type: 'scheduled', node });
    }
    if (stage === 'waiting') waiting.update(heldApart(describeWaiting(pod)));
    observeRunning(pod);
    observeNotices(pod);
    observePreemption(pod);
    observeNode(pod);
    const result = describeEnd(pod, false);
    if (result !== undefined) end(result);
    else observeStopping(pod);
    announce();
  };

  const tellOfCluster = (isWarning: boolean, reason: string, message: string, hint?: string): void => {
    if (stage !== 'ended') queue.push({ type: 'notice', isWarning, reason, message, hint });
  };

  return {
    listener: {
      isConfirmed: () => isConfirmed,
      changed: observe,
      removed(pod) {
        const state = pod ?? last;
        last = state;
        if (state === undefined) endFromPod('deleted');
        else if (pod === undefined) end(unseen(describeEnd(state, true) ?? fromPod(state, 'deleted')));
        else end(describeEnd(state, true) ?? fromPod(state, 'deleted'));
      },
      away({ message }) {
        tellOfCluster(true, 'ClusterAway', message, awayHint);
      },
      back() {
        tellOfCluster(false, 'ClusterBack', 'The cluster answers again, and the build is followed on.');
      },
      failed(error) {
        if (stage !== 'ended') settle(error);
      },
    },
    observations: queue,
    stage: () => stage,
    pod: () => last,
    // A watch that is lost says nothing of the container.
    hasContainerEnded: () => stage === 'ended' && failure === undefined,
    hasStarted: () => hasStarted,
    ended: ended.promise,
    whenEnded: (signal) => untilAborted(ended.promise, signal),
    failure: () => failure,
    whenChanged: (signal) => untilAborted(changed.promise, signal),
    confirm(pod) {
      isConfirmed = true;
      if (last === undefined) observe(pod);
    },
    notice(observation) {
      if (preemption !== undefined && observation.type === 'notice' && observation.reason === 'Preempted') {
        preemption.words = observation.message;
      }
      queue.push(
        observation.type === 'notice' ? { ...observation, ...explained(observation, last) } : observation,
      );
    },
    reportWaiting(words) {
      if (stage === 'waiting') waiting.report(heldApart(words));
    },
    release() {
      isHeld = false;
      // What the kubelet said last is about the value that was missing: only what it says from now on counts.
      if (stage === 'waiting') waiting.update(undefined);
    },
    settleRemoved: () => endFromPod('deleted'),
  };
}

/** Nobody saw who took the pod: it is not known to be meant. */
function unseen(result: PodResult): PodResult {
  if (result.cause !== 'deleted') return result;
  const message = 'it was not there any more when the cluster could be watched again';
  return { ...result, message: result.message ?? message, isRetryable: true };
}

function explained(
  words: ClusterWords,
  pod: PodObject | undefined,
): { readonly message: string; readonly hint?: string } {
  const { message, hint } = explainWaiting(words, pod);
  return hint === undefined ? { message } : { message, hint };
}
