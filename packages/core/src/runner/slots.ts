/** A counting semaphore: at most `limit` holders, first come first served. */
export interface Slots {
  /** True when the next `take` would have to wait. */
  readonly isFull: () => boolean;
  /** Resolves with a release function; rejects with the signal's reason when aborted while waiting. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(limit: number): Slots {
  let free = limit;
  const waiting = new Set<() => void>();
  const release = () => {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };
  return {
    isFull: () => free === 0,
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        if (free > 0) {
          free -= 1;
          resolve(releaseOnce(release));
          return;
        }
        const onAbort = () => {
          waiting.delete(grant);
          reject(signal.reason as Error);
        };
        const grant = () => {
          signal.removeEventListener('abort', onAbort);
          resolve(releaseOnce(release));
        };
        waiting.add(grant);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
  };
}

function releaseOnce(release: () => void): () => void {
  let isReleased = false;
  return () => {
    if (isReleased) return;
    isReleased = true;
    release();
  };
}
