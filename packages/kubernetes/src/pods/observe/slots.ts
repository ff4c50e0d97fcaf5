/** A bound on how many may do something at the same time. */
export interface Slots {
  /** Resolves with the function that gives the slot back; rejects with the signal's reason, and then holds none. */
  take(signal: AbortSignal): Promise<() => void>;
}

/** Makes `count` slots, handed out in order of asking. */
export function createSlots(count: number): Slots {
  const queue = new Set<() => void>();
  let free = count;
  const give = (): void => {
    const [next] = queue;
    if (free > 0 && next !== undefined) next();
  };
  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        const start = (): void => {
          queue.delete(start);
          signal.removeEventListener('abort', onAbort);
          free -= 1;
          let isHeld = true;
          resolve(() => {
            if (!isHeld) return;
            isHeld = false;
            free += 1;
            give();
          });
        };
        const onAbort = (): void => {
          queue.delete(start);
          reject(signal.reason);
        };
        if (signal.aborted) {
          reject(signal.reason);
          return;
        }
        signal.addEventListener('abort', onAbort, { once: true });
        queue.add(start);
        give();
      });
    },
  };
}
