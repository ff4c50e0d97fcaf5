/** Ctrl-C, and the signals that mean the same. */
export interface Interrupts extends Disposable {
  /** As if Ctrl-C had been pressed: also for terminals in raw mode, and readers that went away. */
  readonly press: () => void;
  /** The reader of the output went away: asks to stop, unless somebody has. A shell's Ctrl-C ends both ends of a pipe at once. */
  readonly readerGone: () => void;
  /** How often it was pressed. */
  readonly count: () => number;
}

export interface InterruptActions {
  /** First: cancel and clean up. */
  readonly cancel: () => void;
  /** Second: stop waiting. */
  readonly leave: () => void;
  /** Third: end the process now. */
  readonly exit: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Signals this close together are one: a terminal signals every process of its group, and what stands between it and this one
 * (`npm`, a wrapper) passes its own on.
 */
const sameSignalMs = 200;

/** Handles the signals until disposed. */
export function handleInterrupts(
  actions: InterruptActions,
  now: () => number = () => performance.now(),
): Interrupts {
  let count = 0;
  let signalledAt = Number.NEGATIVE_INFINITY;
  const press = () => {
    count += 1;
    if (count === 1) actions.cancel();
    else if (count === 2) actions.leave();
    else actions.exit();
  };
  const onSignal = () => {
    const isSame = now() - signalledAt < sameSignalMs;
    signalledAt = now();
    if (!isSame) press();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    press,
    readerGone: () => {
      // A closed window takes the reader first and sends its signal right after.
      signalledAt = now();
      if (count === 0) press();
    },
    count: () => count,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
