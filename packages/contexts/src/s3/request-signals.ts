import { lateSignal } from '../store/late-signal.ts';

/** Longest wait for the answer to a request that must not be cut off, since something would stay behind. */
const answerTimeoutMs = 15_000;
/** Longest clean-up after a failure or an abort. */
export const cleanUpMs = 5000;

/** A signal that follows the given one late, and ends a wait for a silent server. */
export function withGrace(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([lateSignal(signal), AbortSignal.timeout(answerTimeoutMs)]);
}
