/** Runs work that no request waits for. */
export interface Background {
  /** Runs a task now; when it fails (the disk is full), again every second, until it succeeds or a newer task of this key has come. */
  run(key: string, task: () => void): void;
  close(): void;
}

const retryMs = 1000;

export function createBackground(): Background {
  const retries = new Map<string, NodeJS.Timeout>();
  let isClosed = false;
  const attempt = (key: string, task: () => void): void => {
    if (isClosed) return;
    clearTimeout(retries.get(key));
    retries.delete(key);
    try {
      task();
    } catch {
      // The only thing that fails is writing to the store, and its next attempt tells whether that still is so.
      retries.set(
        key,
        setTimeout(() => attempt(key, task), retryMs),
      );
    }
  };
  return {
    run: attempt,
    close() {
      isClosed = true;
      for (const timer of retries.values()) clearTimeout(timer);
    },
  };
}
