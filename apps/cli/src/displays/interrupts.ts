import { handleStopSignals } from '@kanikit/toolkit/signals';

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

/** Handles the signals until disposed. */
export function handleInterrupts(
  actions: InterruptActions,
  now: () => number = () => performance.now(),
): Interrupts {
  let count = 0;
  const press = () => {
    count += 1;
    if (count === 1) actions.cancel();
    else if (count === 2) actions.leave();
    else actions.exit();
  };
  const signals = handleStopSignals(press, now);
  return {
    press,
    readerGone: () => {
      // A closed window takes the reader first and sends its signal right after.
      signals.expectSame();
      if (count === 0) press();
    },
    count: () => count,
    [Symbol.dispose]: () => signals[Symbol.dispose](),
  };
}
