/** Longest wait for the answer to a request that must not be cut off, since something would stay behind. */
const answerTimeoutMs = 15_000;
/** How long such an answer is still waited for once the user has left. */
const graceMs = 2000;
/** Longest clean-up after a failure or an abort. */
export const cleanUpMs = 5000;

/** A signal that follows the given one late, and ends a wait for a silent server. */
export function withGrace(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => void setTimeout(() => late.abort(), graceMs).unref(), {
    once: true,
  });
  return AbortSignal.any([late.signal, AbortSignal.timeout(answerTimeoutMs)]);
}
