import { normalWords } from '../../explain/normal-words.ts';
import { createTimers } from './timers.ts';
import { type Waiting, waitingLimit, type WaitingLimits } from './describe-waiting.ts';

/** Follows why a pod waits, and says when waiting longer is no use. */
export interface WaitingClock {
  /** What the pod's status says. */
  update(waiting: Waiting | undefined): void;
  /** What an event says where the status only says "creating"; undefined takes it back. */
  report(waiting: Waiting | undefined): void;
  current(): Waiting | undefined;
  stop(): void;
}

/** Makes the clock; each change of reason or message is told once. */
export function createWaitingClock(
  limits: WaitingLimits,
  listener: { onPending(waiting: Waiting): void; onExpired(waiting: Waiting): void },
): WaitingClock {
  const timers = createTimers();
  let fromStatus: Waiting | undefined;
  let fromEvent: Waiting | undefined;
  let pullMessage: string | undefined;
  let told: Waiting | undefined;

  const withRegistryWords = (waiting: Waiting): Waiting => {
    if (waiting.reason === 'ErrImagePull') pullMessage = waiting.message;
    // While it backs off, the kubelet of older releases says only that: the registry's answer is worth more.
    const isBackOff = waiting.reason === 'ImagePullBackOff' && !waiting.message.includes('ErrImagePull');
    return isBackOff && pullMessage !== undefined ? { ...waiting, message: pullMessage } : waiting;
  };

  const settle = (): void => {
    const isCreating = fromStatus === undefined || fromStatus.reason === 'ContainerCreating';
    const next = isCreating ? (fromEvent ?? fromStatus) : fromStatus;
    if (next === undefined || isSame(next, told)) return;
    const previousFamily = told === undefined ? undefined : family(told);
    told = next;
    listener.onPending(next);
    const limit = waitingLimit(next, limits);
    if (limit === undefined) timers.delete('limit');
    // Reasons of one family take turns (an error, then the wait before the next try): the time runs on.
    else if (family(next) !== previousFamily || !timers.has('limit')) {
      timers.set('limit', limit, () => listener.onExpired(told ?? next));
    }
  };

  return {
    update(waiting) {
      fromStatus = waiting === undefined ? undefined : withRegistryWords(waiting);
      settle();
    },
    report(waiting) {
      if (waiting === undefined && told !== undefined && told === fromEvent) timers.delete('limit');
      fromEvent = waiting;
      settle();
    },
    current: () => told,
    stop: () => timers.clear(),
  };
}

/** Whether the cluster only repeats itself: the kubelet does so with other ids and times, and takes turns between an error and its pause. */
function isSame(next: Waiting, told: Waiting | undefined): boolean {
  return (
    told !== undefined &&
    family(next) === family(told) &&
    normalWords(next.message) === normalWords(told.message)
  );
}

function family(waiting: Waiting): string {
  switch (waiting.reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return 'image';
    case 'SidecarFailed':
    case 'CrashLoopBackOff':
      return 'crash';
    default:
      return waiting.reason;
  }
}
