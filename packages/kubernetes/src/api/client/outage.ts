/** Tells of something that fails for longer than nobody would mind. */
export interface Outage {
  /** A try failed. */
  failed(error: unknown): void;
  /** A try succeeded. */
  over(): void;
  /** Nobody wants to know any more. */
  stop(): void;
}

/** `away` is told once with the latest error when there was no success for `afterMs`, and `back` once after it. */
export function createOutage(
  afterMs: number,
  told: { readonly away: (error: unknown) => void; readonly back: () => void },
): Outage {
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  let last: unknown;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isTold = false;
  };
  return {
    failed(error) {
      last = error;
      timer ??= setTimeout(() => {
        isTold = true;
        told.away(last);
      }, afterMs).unref();
    },
    over() {
      const wasTold = isTold;
      stop();
      if (wasTold) told.back();
    },
    stop,
  };
}
