/** Work on the way at once, up to a limit. */
export interface InFlight {
  /** Waits until there is room for more. Rejects with the first failure of what was started before. */
  waitForRoom(): Promise<void>;
  start(work: () => Promise<void>): void;
  /** Waits until nothing is on the way; rejects with the first failure. */
  finish(): Promise<void>;
  /** The same, whatever fails. */
  settle(): Promise<void>;
}

export function createInFlight(limit: number): InFlight {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    async waitForRoom() {
      while (running.size >= limit) await Promise.race(running);
      throwFailure();
    },
    start(work) {
      const run: Promise<void> = work()
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => running.delete(run));
      running.add(run);
    },
    async finish() {
      await Promise.all(running);
      throwFailure();
    },
    async settle() {
      await Promise.all(running);
    },
  };
}
