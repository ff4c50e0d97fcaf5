import { handleStopSignals } from '@kanikit/toolkit/signals';

/**
 * Runs work that is aborted by Ctrl-C and the like; interrupted work ends as `interrupted` says, once it has cleaned up. A second signal has its own
 * effect at once.
 *
 * @throws what the work throws, unless it was interrupted
 */
export async function withSignals<T>(
  work: (signal: AbortSignal) => Promise<T>,
  interrupted: () => T,
): Promise<T> {
  const stop = new AbortController();
  using signals = handleStopSignals((signal) => {
    if (stop.signal.aborted) {
      signals[Symbol.dispose]();
      process.kill(process.pid, signal);
    }
    stop.abort(new Error('interrupted'));
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return interrupted();
  }
}
