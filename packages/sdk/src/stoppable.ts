import { isTimeout, stopWords } from '@kanikit/core';
import { isKanikitError, KanikitError } from '@kanikit/spec';

/**
 * Does what a caller's signal may stop.
 *
 * @throws KanikitError `cancelled` or `timeout`, whose `cause` is the reason of the signal; else what the work throws
 */
export async function stoppable<T>(
  doing: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ofSignal(doing, signal, error);
  }
}

/** What a caller is told of an error: that its signal ended the work, where it is that. */
export function ofSignal(doing: string, signal: AbortSignal | undefined, error: unknown): unknown {
  if (signal?.aborted !== true) return error;
  const reason: unknown = signal.reason;
  // Whatever else went wrong meanwhile has more to say.
  if (isKanikitError(error) && error !== reason && error.code !== 'cancelled') return error;
  return stopped(doing, reason);
}

function stopped(doing: string, reason: unknown): KanikitError {
  const isLate = isTimeout(reason);
  return new KanikitError({
    code: isLate ? 'timeout' : 'cancelled',
    message: `${doing}: ${stopWords(reason)}.`,
    hint: isLate ? 'Give it more time, or find out what takes so long.' : undefined,
    cause: reason,
  });
}
