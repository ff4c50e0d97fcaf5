/** How long an answer is still waited for once the user has left. */
const graceMs = 1000;

/**
 * A signal that follows the given one late. What is cut off between request and answer may be done all the same, and nobody knows; most answers
 * come within this time, and then it can be undone.
 */
export function lateSignal(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const follow = (): void => void setTimeout(() => late.abort(signal.reason), graceMs).unref();
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return late.signal;
}
