import { setTimeout as delay } from 'node:timers/promises';
import { handleStopSignals } from '@kanikit/toolkit/signals';

/** A clean-up that takes longer than this leaves the rest to `prune`: whoever pressed Ctrl-C does not wait for ever. */
const longestCleanupMs = 30_000;

/**
 * Has the process cancel and clean up before one of these signals has its own effect; a second signal has it at once.
 *
 * @returns lets go of the signals
 */
export function cancelOnSignal(close: (reason: string) => Promise<void>): () => void {
  let isStopping = false;
  const taken = handleStopSignals((signal) => {
    const takeEffect = (): void => {
      taken[Symbol.dispose]();
      process.kill(process.pid, signal);
    };
    if (isStopping) {
      takeEffect();
      return;
    }
    isStopping = true;
    // Failures of the clean-up are in the results of the runs, and in what `prune` finds.
    const closed = close(`the process got ${signal}`).catch(() => undefined);
    void Promise.race([closed, delay(longestCleanupMs)]).finally(takeEffect);
  });
  return () => taken[Symbol.dispose]();
}
