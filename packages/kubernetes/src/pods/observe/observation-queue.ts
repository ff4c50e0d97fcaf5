import type { PodObservation } from '@kanikit/spec';

/** Far more than any pod says; a consumer that never reads must not fill the memory. */
const largestQueue = 1_000;

/** Hands observations from the watch to one consumer. */
export interface ObservationQueue extends AsyncIterable<PodObservation> {
  push(observation: PodObservation): void;
  /** Nothing more comes: the iteration ends after what is queued, with the error if there is one. */
  close(error?: unknown): void;
}

/** Makes the queue; the iteration rejects with the signal's reason when it aborts. */
export function createObservationQueue(signal: AbortSignal): ObservationQueue {
  const queued: PodObservation[] = [];
  let isClosed = false;
  let failure: unknown;
  let wake: () => void = () => {};

  async function* iterate(): AsyncGenerator<PodObservation> {
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        const next = queued.shift();
        if (next !== undefined) {
          yield next;
        } else if (isClosed) {
          if (failure !== undefined) throw failure;
          return;
        } else {
          signal.throwIfAborted();
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  return {
    push(observation) {
      if (isClosed) return;
      if (queued.length >= largestQueue) queued.shift();
      queued.push(observation);
      wake();
    },
    close(error) {
      if (isClosed) return;
      isClosed = true;
      failure = error;
      wake();
    },
    [Symbol.asyncIterator]: iterate,
  };
}
