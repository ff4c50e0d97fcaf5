/**
 * Settles like the promise, or rejects with the signal's reason when that comes first; the work itself goes on. Leaves nothing behind on the
 * signal, which may outlive many such waits.
 */
export function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    // The work may have aborted it before it is listened to.
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
