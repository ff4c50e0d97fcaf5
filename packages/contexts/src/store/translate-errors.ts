/** Does the work unless the signal has aborted; what it throws is thrown as what `toError` makes of it. */
export async function translateErrors<Value>(
  signal: AbortSignal,
  work: () => Promise<Value>,
  toError: (error: unknown) => unknown,
): Promise<Value> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    throw toError(error);
  }
}
