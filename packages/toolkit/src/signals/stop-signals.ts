/** Signals that ask a process to stop. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Signals this close together are one: a terminal signals every process of its group, and what stands between it and this one
 * (`npm`, `tsx`, a wrapper) passes its own on.
 */
const sameSignalMs = 200;

export interface StopSignals extends Disposable {
  /** A signal that comes right now belongs to something that was already handled. */
  readonly expectSame: () => void;
}

/** Takes the signals that ask the process to stop, each press of Ctrl-C once, until disposed. */
export function handleStopSignals(
  onStop: (signal: NodeJS.Signals) => void,
  now: () => number = () => performance.now(),
): StopSignals {
  let signalledAt = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: NodeJS.Signals): void => {
    const isSame = now() - signalledAt < sameSignalMs;
    signalledAt = now();
    if (!isSame) onStop(signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    expectSame: () => {
      signalledAt = now();
    },
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
