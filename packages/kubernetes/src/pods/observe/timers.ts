/** The longest delay that `setTimeout` takes. */
const longestDelayMs = 2 ** 31 - 1;

/** Named one-shot timers that end together; none keeps the process alive. */
export interface Timers {
  /** Starts a timer, in place of one of the same name. */
  set(name: string, delayMs: number, action: () => void): void;
  has(name: string): boolean;
  delete(name: string): void;
  clear(): void;
}

/** Makes an empty set of timers; after `clear` no timer starts any more. */
export function createTimers(): Timers {
  const timers = new Map<string, NodeJS.Timeout>();
  let isClosed = false;
  const remove = (name: string): void => {
    clearTimeout(timers.get(name));
    timers.delete(name);
  };
  return {
    set(name, delayMs, action) {
      if (isClosed) return;
      remove(name);
      const timer = setTimeout(
        () => {
          timers.delete(name);
          action();
        },
        Math.min(Math.max(delayMs, 0), longestDelayMs),
      );
      timers.set(name, timer.unref());
    },
    has: (name) => timers.has(name),
    delete: remove,
    clear() {
      isClosed = true;
      for (const name of timers.keys()) remove(name);
    },
  };
}
